import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOrMakeSecrets } from '@supergraph/embedded/secrets';
import { composeGateway } from '@supergraph/gateway/compose';
import { readGatewayConfig } from '@supergraph/gateway/config';
import { createLifecycle } from '@supergraph/platform/server';
import { SECOND_MS } from '@supergraph/platform/time';

import { aSupergraph, type TestSupergraph } from './support/a-supergraph.ts';
import { askGraphql } from './support/graphql-client.ts';
import { startRedisProcess, type RedisProcess } from './support/redis-process.ts';

const logIn = `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSucceeded {
  tokens { accessToken refreshToken } user { sessions { id isCurrent } } } } }`;
const me = '{ me { id } }';
const logOut = 'mutation ($input: LogoutInput!) { logout(input: $input) { __typename } }';
const revoke = 'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }';
const refresh = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { __typename } }`;

interface Session {
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

describe('A session that is ended after Redis was killed', () => {
  const life = createLifecycle();
  let redis: RedisProcess;
  let graph: TestSupergraph;
  let gateways: readonly string[];

  /** A second gateway before the same subgraphs, which share nothing with the first but Redis. */
  async function startSecondGateway(): Promise<string> {
    const urlOf = (name: string): string => `${graph.supergraph.others[name] ?? ''}/graphql`;
    const urls = {
      SUBGRAPH_AUTH_URL: urlOf('auth'),
      SUBGRAPH_BILLING_URL: urlOf('billing'),
      SUBGRAPH_PRODUCT_URL: urlOf('product'),
    };
    const environment: Record<string, string> = {
      ...readOrMakeSecrets(`${graph.dataDir}/secrets.json`),
      ...urls,
      REDIS_URL: redis.url,
      GATEWAY_ADMIN_PORT: '0',
      AUDIT: 'off',
      LOG_LEVEL: 'silent',
    };
    const config = readGatewayConfig(environment);
    const second = life.own(await composeGateway(config, { clock: graph.clock }), (each) => each.close());
    return await second.listen({ host: '127.0.0.1', port: 0 });
  }

  async function signIn(loginId: string): Promise<Session> {
    const account = graph.supergraph.demoAccounts.find((each) => each.loginId === loginId);
    const { data, body } = await graph.ask(logIn, { input: { loginId, password: account?.password } });
    const login = data['login'];
    if (login === undefined) throw new Error(`${loginId} cannot sign in: ${JSON.stringify(body)}`);
    const own = login['user']?.['sessions']?.find((session) => session['isCurrent']);
    return {
      id: own?.['id'] ?? '',
      accessToken: login['tokens']?.['accessToken'] ?? '',
      refreshToken: login['tokens']?.['refreshToken'] ?? '',
    };
  }

  const statesOf = async ({ accessToken: token }: Session): Promise<readonly unknown[]> =>
    await Promise.all(
      gateways.map(async (url) => {
        const { status, errors } = await askGraphql(`${url}/graphql`, { query: me }, { token });
        return errors[0] === undefined ? status : `${status} ${errors[0].extensions.code}`;
      }),
    );

  beforeAll(async () => {
    redis = life.own(await startRedisProcess(), (each) => each.kill());
    const settings = { REDIS_URL: redis.url, KOS_LATENCY_SCALE: '0.01' };
    graph = life.own(await aSupergraph(settings), (each) => each.close());
    gateways = [graph.supergraph.gatewayUrl, await startSecondGateway()];
    for (const loginId of ['testuser01', 'testuser02', 'testuser03', 'operator01']) {
      ended[loginId] = await signIn(loginId);
      kept[loginId] = await signIn(loginId);
    }
    await redis.kill();
  });
  afterAll(() => life.close());

  const ended: Record<string, Session> = {};
  const kept: Record<string, Session> = {};
  const of = (sessions: Record<string, Session>, loginId: string): Session => {
    const session = sessions[loginId];
    if (session === undefined) throw new Error(`${loginId} has not signed in`);
    return session;
  };

  const ways: readonly (readonly [string, string, (session: Session, other: Session) => Promise<unknown>])[] = [
    [
      'by its owner, who signs out',
      'testuser01',
      (session) => graph.ask(logOut, { input: {} }, { token: session.accessToken }),
    ],
    [
      'from another device',
      'testuser02',
      (session, other) => graph.ask(revoke, { input: { sessionId: session.id } }, { token: other.accessToken }),
    ],
    [
      'because its refresh token came back',
      'testuser03',
      async ({ refreshToken }) => {
        await graph.ask(refresh, { input: { refreshToken } });
        graph.clock.advance(11 * SECOND_MS);
        await graph.ask(refresh, { input: { refreshToken } });
      },
    ],
  ];

  it.each(ways)('%s, is refused by every gateway 5 s later, and no other is', async (_how, loginId, end) => {
    const [session, other] = [of(ended, loginId), of(kept, loginId)];
    expect(await statesOf(session)).toEqual([200, 200]);
    await end(session, other);
    graph.clock.advance(5 * SECOND_MS);
    expect(await statesOf(session)).toEqual(['401 SESSION_REVOKED', '401 SESSION_REVOKED']);
    expect(await statesOf(other)).toEqual([200, 200]);
  });

  it('with all the others of its account, is refused by every gateway 5 s later', async () => {
    const [session, other] = [of(ended, 'operator01'), of(kept, 'operator01')];
    expect(await statesOf(session)).toEqual([200, 200]);
    expect(await statesOf(other)).toEqual([200, 200]);
    await graph.ask(logOut, { input: { allSessions: true } }, { token: session.accessToken });
    graph.clock.advance(5 * SECOND_MS);
    for (const each of [session, other]) {
      expect(await statesOf(each)).toEqual(['401 SESSION_REVOKED', '401 SESSION_REVOKED']);
    }
  });
});
