import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { aGateway, type Reply, type TestGateway } from '@supergraph/gateway/testing/a-gateway';
import { aViewer, type Resolvers } from '@supergraph/gateway/testing/stand-in-subgraphs';
import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS } from '@supergraph/platform/time';

import { startRedisProcess } from './support/redis-process.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Auth in which no password is right, and how often it was asked. */
function suspiciousAuth() {
  const hashes: string[] = [];
  const resolvers: Resolvers = {
    Query: { me: () => ({ id: 'usr_1' }) },
    Mutation: {
      login: (_: unknown, { input: { loginId } }: { readonly input: { readonly loginId: string } }) => {
        hashes.push(loginId);
        throw new CodedError('INVALID_CREDENTIALS');
      },
    },
  };
  return { hashes, resolvers };
}

async function limited(auth: Resolvers, environment: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  const gateway = await aGateway({ auth }, { RATE_LIMITS: 'on', ...environment });
  closers.push(() => gateway.close());
  return gateway;
}

const codeOf = ({ body }: Reply) => body.errors?.[0]?.extensions['code'];
const me = '{ me { id } }';
const loginAs = (loginId: string) => ({
  query: 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
  variables: { input: { loginId, password: 'guess-guess-1' } },
});
const tryLogin = async (gateway: TestGateway, loginId: string, headers: Record<string, string> = {}) => {
  const { query, variables } = loginAs(loginId);
  return await gateway.ask(query, { variables, headers });
};
const statusesOf = async (count: number, ask: (nth: number) => Promise<Reply>) => {
  const replies = await Promise.all(Array.from({ length: count }, (_, nth) => ask(nth)));
  return replies.map(({ status }) => status);
};
const countOf = (status: number, statuses: readonly number[]) => statuses.filter((each) => each === status).length;

describe('A customer', () => {
  it('may ask a hundred times a minute, is told so with each answer, and takes nothing from others', async () => {
    const { resolvers } = suspiciousAuth();
    const g = await limited(resolvers);
    const kim = aViewer({ userId: 'usr_kim' });
    const first = await g.ask(me, { as: kim });
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'ratelimit-limit': '100',
      'ratelimit-remaining': '99',
      'ratelimit-reset': '6',
    });
    expect(countOf(200, await statusesOf(99, () => g.ask(me, { as: kim })))).toBe(99);

    const refused = await g.ask(me, { as: kim });
    expect([refused.status, codeOf(refused)]).toEqual([429, 'RATE_LIMITED']);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'retry-after': '6',
      'ratelimit-limit': '100',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '60',
    });
    expect((await g.ask(me, { as: aViewer({ userId: 'usr_lee' }) })).status).toBe(200);
    g.clock.advance(6_000);
    expect((await g.ask(me, { as: kim })).status).toBe(200);
  });

  it('who is over the limit costs the subgraphs nothing', async () => {
    let asked = 0;
    const g = await limited({
      Query: {
        me: () => {
          asked += 1;
          return { id: 'usr_1' };
        },
      },
    });
    const kim = aViewer();
    for (let nth = 0; nth < 120; nth += 1) await g.ask(`{ me { id } } # ${nth}`, { as: kim });
    expect(asked).toBe(100);
  });
});

describe('Somebody who tries one password on a thousand accounts', () => {
  it('makes auth look at twenty in a minute, whatever they say of where they are', async () => {
    const { hashes, resolvers } = suspiciousAuth();
    const g = await limited(resolvers);
    const statuses: number[] = [];
    for (let nth = 0; nth < 1_000; nth += 50) {
      statuses.push(
        ...(await statusesOf(50, (at) => tryLogin(g, `user${nth + at}`, { 'x-forwarded-for': `203.0.113.${at}` }))),
      );
    }
    expect(hashes).toHaveLength(20);
    expect([countOf(401, statuses), countOf(429, statuses)]).toEqual([20, 980]);
  });

  it('cannot block more than twenty accounts in an hour', async () => {
    const { hashes, resolvers } = suspiciousAuth();
    const g = await limited(resolvers);
    for (let minute = 0; minute < 60; minute += 1) {
      for (let nth = 0; nth < 20; nth += 1) {
        const reply = await tryLogin(g, `user${Math.floor(hashes.length / 5)}`);
        if (reply.status === 429) break;
      }
      g.clock.advance(MINUTE_MS);
    }
    const tries = new Map<string, number>();
    for (const loginId of hashes) tries.set(loginId, (tries.get(loginId) ?? 0) + 1);
    expect([...tries.values()].filter((count) => count >= 5).length).toBeLessThanOrEqual(20);
    expect(hashes.length).toBeGreaterThan(50);
  });

  it('takes nothing from whoever is elsewhere, behind a proxy of ours', async () => {
    const { hashes, resolvers } = suspiciousAuth();
    const g = await limited(resolvers, { TRUSTED_PROXIES: '127.0.0.0/8' });
    await statusesOf(40, (nth) => tryLogin(g, `user${nth}`, { 'x-forwarded-for': '203.0.113.7' }));
    expect(hashes).toHaveLength(20);
    expect((await tryLogin(g, 'kim', { 'x-forwarded-for': '198.51.100.1' })).status).toBe(401);
  });
});

describe('Two gateways', () => {
  it('share one limit in Redis, go on within their shares without it, and share again when it is back', async () => {
    const redis = await startRedisProcess();
    closers.push(() => redis.kill());
    const { resolvers } = suspiciousAuth();
    const shared = { REDIS_URL: redis.url, CACHE_PREFIX: `test:${randomUUID()}`, INSTANCES: '2' };
    const [one, other] = [await limited(resolvers, shared), await limited(resolvers, shared)];
    const askBoth = async (userId: string) => {
      const as = aViewer({ userId });
      const ask = async (_: unknown, nth: number) => await (nth % 2 === 0 ? one : other).ask(`${me} # ${nth}`, { as });
      const replies: Reply[] = [];
      for (let asked = 0; asked < 150; asked += 10)
        replies.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
      const granted = replies.filter(({ status }) => status === 200);
      const together = granted.filter(({ headers }) => headers.get('ratelimit-limit') === '100');
      return { granted: granted.length, together: together.length };
    };
    const untilConnected = async () => {
      const limitOf = async (gateway: TestGateway) =>
        (await gateway.ask(me, { as: aViewer({ userId: randomUUID() }) })).headers.get('ratelimit-limit');
      const lastMs = performance.now() + 15_000;
      while ((await limitOf(one)) !== '100' || (await limitOf(other)) !== '100') {
        if (performance.now() > lastMs) throw new Error('Redis is not used');
      }
    };
    await untilConnected();
    const expectAHundred = ({ granted, together }: Awaited<ReturnType<typeof askBoth>>) => {
      expect(granted).toBeGreaterThanOrEqual(100);
      // a tenth more when a busy machine takes six seconds; one that is kept waiting by Redis grants of its own share
      expect(together).toBeLessThanOrEqual(110);
    };
    expectAHundred(await askBoth('usr_kim'));

    await redis.kill();
    const alone = await one.ask(me, { as: aViewer({ userId: 'usr_park' }) });
    expect([alone.status, alone.headers.get('ratelimit-limit')]).toEqual([200, '50']);
    expect(await askBoth('usr_lee')).toEqual({ granted: 100, together: 0 });
    const { hashes, resolvers: suspicious } = suspiciousAuth();
    const third = await limited(suspicious, shared);
    await statusesOf(30, (nth) => tryLogin(third, `user${nth}`));
    expect(hashes).toHaveLength(10);

    await redis.start();
    await untilConnected();
    expectAHundred(await askBoth('usr_choi'));
  });
});
