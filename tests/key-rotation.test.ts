import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeAuth, type Auth } from '@supergraph/auth/compose';
import { readAuthConfig } from '@supergraph/auth/config';
import { demoAccounts, seedDemoAccounts } from '@supergraph/auth/demo-accounts';
import { createTestDatabase } from '@supergraph/database/testing';
import { eventually } from '@supergraph/database/testing/eventually';
import { makeSecrets } from '@supergraph/embedded/secrets';
import { composeGateway } from '@supergraph/gateway/compose';
import { readGatewayConfig } from '@supergraph/gateway/config';
import { aBalancer, type Balancer } from '@supergraph/gateway/testing/balancer';
import { createLifecycle } from '@supergraph/platform/server';
import { createManualClock } from '@supergraph/platform/testing';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { askGraphql } from './support/graphql-client.ts';

const logIn = `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSucceeded { tokens { accessToken } } } }`;
const host = '127.0.0.1';

describe('A new signing key', () => {
  const life = createLifecycle();
  const clock = createManualClock('2026-11-21T03:00:00Z');
  const secrets = makeSecrets();
  const [oldKey, newKey] = [secrets.TOKEN_SIGNING_KEYS, makeSecrets().TOKEN_SIGNING_KEYS];
  let databaseUrl: string;
  let balancer: Balancer;
  let auth: Auth;
  let gatewayUrl: string;

  const authConfig = (keys: readonly string[]) =>
    readAuthConfig({
      ...secrets,
      TOKEN_SIGNING_KEYS: keys.join(','),
      AUTH_DATABASE_URL: databaseUrl,
      DRAIN_DELAY_MS: '500',
      LOG_LEVEL: 'silent',
    });

  async function startAuth(keys: readonly string[]): Promise<void> {
    auth = await composeAuth(authConfig(keys), { clock });
    const readyBefore = balancer.ready();
    balancer.addTarget(await auth.listen({ host, port: 0 }));
    await eventually(() => balancer.ready() > readyBefore);
  }

  /** As a balancer's users do it: the new one first, then the old one goes. */
  async function replaceAuth(keys: readonly string[]): Promise<void> {
    const former = auth;
    await startAuth(keys);
    await former.close();
    // however late it looks, nobody is sent to the old one any more
    await eventually(() => balancer.ready() === 1);
  }

  beforeAll(async () => {
    const database = life.own(await createTestDatabase('auth'), (each) => each.drop());
    databaseUrl = database.url;
    await seedDemoAccounts(authConfig([oldKey]), { clock });
    balancer = life.own(await aBalancer(), (each) => each.close());
    await startAuth([oldKey]);
    life.own(null, () => auth.close());
    const settings = {
      ...secrets,
      SUBGRAPH_AUTH_URL: `${balancer.url}/graphql`,
      // Nobody is to be turned away for being too many.
      RATE_LIMITS: 'off',
      AUDIT: 'off',
      GATEWAY_ADMIN_PORT: '0',
      SHED_READS_AT_LAG_MS: '5000',
      SHED_CHANGES_AT_LAG_MS: '5000',
      LOG_LEVEL: 'silent',
    };
    const gateway = life.own(await composeGateway(readGatewayConfig(settings), { clock }), (each) => each.close());
    gatewayUrl = `${await gateway.listen({ host, port: 0 })}/graphql`;
  });
  afterAll(() => life.close());

  const tokensOfAll = async (): Promise<readonly string[]> => {
    const tokens = [];
    for (const { loginId, password } of demoAccounts) {
      const { data, body } = await askGraphql(gatewayUrl, {
        query: logIn,
        variables: { input: { loginId, password } },
      });
      const token = data['login']?.['tokens']?.['accessToken'];
      if (token === undefined) throw new Error(JSON.stringify(body));
      tokens.push(token);
    }
    return tokens;
  };

  const keyIdOf = (token: string): unknown => {
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')) as { kid: unknown };
    return header.kid;
  };

  /** Twenty clients that ask without a pause, with every token that is good. */
  function startAsking(tokens: readonly string[]) {
    const inUse = [...tokens];
    const statuses = new Map<number, number>();
    let isOver = false;
    let underWay = 0;
    let mayAsk = Promise.resolve();
    const client = async (nth: number): Promise<void> => {
      for (let turn = nth; !isOver; turn += 1) {
        await mayAsk;
        underWay += 1;
        const token = inUse[turn % inUse.length] ?? '';
        const { status } = await askGraphql(gatewayUrl, { query: '{ me { id } }' }, { token });
        underWay -= 1;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 20 }, (_, nth) => client(nth));
    const asked = (): number => [...statuses.values()].reduce((sum, count) => sum + count, 0);
    return {
      add: (more: readonly string[]) => void inUse.push(...more),
      /** Lets time pass, between requests and not within one, and the clients go on for a while after it. */
      async pass(ms: number): Promise<void> {
        let goOn: () => void = () => undefined;
        mayAsk = new Promise((resolve) => {
          goOn = resolve;
        });
        await eventually(() => underWay === 0, 30_000);
        clock.advance(ms);
        goOn();
        const enough = asked() + 60;
        await eventually(() => asked() >= enough, 30_000);
      },
      async stop(): Promise<ReadonlyMap<number, number>> {
        isOver = true;
        await Promise.all(clients);
        return statuses;
      },
    };
  }

  it('takes the place of the old one under load, and no token that is good is called bad before or after', async () => {
    const before = await tokensOfAll();
    const load = startAsking(before);
    await load.pass(6 * SECOND_MS);

    // Published first, so that every gateway has it before it signs.
    await replaceAuth([oldKey, newKey]);
    await load.pass(MINUTE_MS);
    await replaceAuth([newKey, oldKey]);
    const after = await tokensOfAll();
    expect(new Set([...before, ...after].map(keyIdOf)).size).toBe(2);
    load.add(after);
    for (let minutes = 2; minutes < 29; minutes += 4) await load.pass(4 * MINUTE_MS);
    expectNoneRefused(await load.stop(), 400);

    // 31 minutes after the new key began to sign the last token of the old one has ended.
    clock.advance(5 * MINUTE_MS);
    const later = startAsking(await tokensOfAll());
    await replaceAuth([newKey]);
    await later.pass(6 * MINUTE_MS);
    await later.pass(6 * MINUTE_MS);
    expectNoneRefused(await later.stop(), 100);
  }, 180_000);
});

/** A machine that is busy with other things may be late; to say that a token is no good is another matter. */
function expectNoneRefused(statuses: ReadonlyMap<number, number>, leastAnswered: number): void {
  expect(statuses.get(401)).toBeUndefined();
  expect(statuses.get(200)).toBeGreaterThan(leastAnswered);
}
