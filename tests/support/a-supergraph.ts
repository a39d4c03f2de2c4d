import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readEmbeddedConfig } from '@supergraph/embedded/config';
import { startSupergraph, type Supergraph } from '@supergraph/embedded/start-supergraph';
import { createManualClock, type ManualClock } from '@supergraph/platform/testing';

import { askGraphql, type Answer, type Asking } from './graphql-client.ts';
import { untilReady } from './until-ready.ts';

/** A whole supergraph of the test's own, on free ports, with a clock set by hand and data of its own. */
export interface TestSupergraph {
  readonly supergraph: Supergraph;
  readonly clock: ManualClock;
  readonly dataDir: string;
  ask(query: string, variables?: Readonly<Record<string, unknown>>, asking?: Asking): Promise<Answer>;
  /** Signs in and answers the access token. */
  logIn(loginId: string): Promise<string>;
  /** Stops everything and forgets its data. */
  close(): Promise<void>;
}

export const anyFreePorts = Object.fromEntries(
  [
    'GATEWAY',
    'GATEWAY_ADMIN',
    'AUTH',
    'BILLING',
    'PRODUCT',
    'KOS',
    'KOS_ADMIN',
    'MVNO_AP',
    'MVNO_AP_ADMIN',
    'POSTGRES',
  ].map((part) => [`${part}_PORT`, '0']),
);

const login = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        tokens {
          accessToken
        }
      }
    }
  }
`;

/** Starts everything; `environment` adds settings such as REDIS_URL, by their usual names. */
export async function aSupergraph(
  environment: Readonly<Record<string, string>> = {},
  now = '2026-11-21T03:00:00Z',
): Promise<TestSupergraph> {
  const dataDir = await mkdtemp(join(tmpdir(), 'supergraph-'));
  // Run by root, PostgreSQL becomes an ordinary user, who must be able to pass through here.
  await chmod(dataDir, 0o711);
  const clock = createManualClock(now);
  // one address asks on behalf of everybody
  // one customer asks on behalf of many
  const unlimited = { RATE_LIMITS: '1000', CHANGE_CHECKS_PER_MINUTE: '1000' };
  const all = { ...anyFreePorts, DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...unlimited, ...environment };
  const supergraph = await startSupergraph({ config: readEmbeddedConfig(all), environment: all, clock });
  const { gatewayUrl, others } = supergraph;
  await untilReady([gatewayUrl, ...['auth', 'billing', 'product'].map((name) => others[name] ?? '')]);

  const ask: TestSupergraph['ask'] = (query, variables = {}, asking = {}) =>
    askGraphql(`${supergraph.gatewayUrl}/graphql`, { query, variables }, asking);

  return {
    supergraph,
    clock,
    dataDir,
    ask,
    async logIn(loginId) {
      const account = supergraph.demoAccounts.find((each) => each.loginId === loginId);
      if (account === undefined) throw new Error(`there is no demo account ${loginId}`);
      const answer = await ask(login, { input: { loginId, password: account.password } });
      const token = answer.data['login']?.['tokens']?.['accessToken'];
      if (token === undefined) throw new Error(`${loginId} cannot log in: ${JSON.stringify(answer.body)}`);
      return token;
    },
    async close() {
      await supergraph.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
