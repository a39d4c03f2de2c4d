import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as passTime } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { sharedRedisUrl, startRedisProcess } from '../../../../tests/support/redis-process.ts';
import { connectRedis } from '../cache/index.ts';
import { createRedisQuota } from './index.ts';
import type { QuotaFigures } from './index.ts';
import { describeQuotaContract, quotaContractFigures } from './quota-contract.ts';

/** A machine that runs many suites at once is slow, not broken: only the tests of a broken Redis keep the usual deadlines. */
const patient = { commandTimeoutMs: 5_000 } as const;

async function connected(url: string, deadline = {}): Promise<Redis> {
  const redis = connectRedis({ url, ...deadline });
  await once(redis, 'ready');
  return redis;
}

/** Waits out the window in which a log that has just begun grants nothing. */
async function warmUp(redis: Redis, key: string, figures: QuotaFigures): Promise<string> {
  const pool = createRedisQuota({
    ...figures,
    redis,
    key,
    instances: 1,
    pooledPart: 1,
    timeoutMs: patient.commandTimeoutMs,
  });
  for (;;) {
    const answer = await pool.take('change');
    if (answer.isGranted) {
      answer.giveBack();
      return key;
    }
    await passTime(answer.retryAfterMs);
  }
}

/** A quota older than a window, beside a pool that is: both have granted nothing. */
async function aWarmQuota(redis: Redis, figures: QuotaFigures) {
  const key = `quota-test:${randomUUID()}`;
  const quota = createRedisQuota({ ...figures, redis, key, instances: 1, timeoutMs: patient.commandTimeoutMs });
  await warmUp(redis, key, figures);
  return { key, quota };
}

let redis: Redis;
let warm: Awaited<ReturnType<typeof aWarmQuota>>[];
beforeAll(async () => {
  redis = await connected(sharedRedisUrl(), patient);
  warm = await Promise.all(Array.from({ length: 4 }, async () => await aWarmQuota(redis, quotaContractFigures)));
});
afterAll(() => {
  redis.disconnect();
});

describeQuotaContract('own share and pool in Redis', async (figures) => {
  const { key, quota } = warm.pop() ?? (await aWarmQuota(redis, figures));
  return {
    quota,
    pass: async (ms) => {
      await passTime(ms);
    },
    close: async () => {
      await redis.del(key);
    },
  };
});

describe('the pool in Redis', () => {
  const figures = { limit: 20, windowMs: 60_000, instances: 2 };

  it('grants nothing for a window after its log began, was deleted or came from another server run', async () => {
    const key = `quota-test:${randomUUID()}`;
    const pool = createRedisQuota({ ...figures, redis, key, pooledPart: 1, timeoutMs: patient.commandTimeoutMs });
    expect(await pool.take('change')).toMatchObject({ isGranted: false, retryAfterMs: 60_000 });
    await redis.zremrangebyscore(key, '+inf', '+inf');
    const [seconds] = await redis.time();
    await redis.zadd(key, '+inf', `anotherrun:${Number(seconds) - 3_600}000000`);
    expect(await pool.take('change')).toMatchObject({ isGranted: false, retryAfterMs: 60_000 });
    await redis.del(key);
  });

  it('begins again when the server clock was set back, instead of waiting for the future', async () => {
    const key = await warmUp(redis, `quota-test:${randomUUID()}`, { ...figures, windowMs: 300 });
    const [seconds] = await redis.time();
    await redis.zadd(key, (Number(seconds) + 3_600) * 1_000_000, 'granted an hour from now');
    const pool = createRedisQuota({
      ...figures,
      windowMs: 300,
      redis,
      key,
      pooledPart: 1,
      timeoutMs: patient.commandTimeoutMs,
    });
    expect(await pool.take('change')).toMatchObject({ isGranted: false, retryAfterMs: 300 });
    await redis.del(key);
  });

  it('is all that instances have which start beside an old log: those before them may have spent the rest', async () => {
    const key = `quota-test:${randomUUID()}`;
    const [, run = ''] = /run_id:(\w+)/.exec(await redis.info('server')) ?? [];
    const [seconds] = await redis.time();
    await redis.zadd(key, '+inf', `${run}:${Number(seconds) - 3_600}000000`);
    const start = () => createRedisQuota({ ...figures, redis, key, timeoutMs: patient.commandTimeoutMs });
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await start().take('change')));
    expect(answers.filter((answer) => answer.isGranted)).toHaveLength(10);
    await redis.del(key);
  });

  it('leaves the own share, at once, to an instance that cannot reach it, and tells so once', async () => {
    const facts: string[] = [];
    const unreachable = connectRedis({ url: 'redis://127.0.0.1:1' });
    const quota = createRedisQuota({
      ...figures,
      redis: unreachable,
      key: 'quota-test:unreachable',
      events: { lost: () => facts.push('lost'), regained: () => facts.push('regained') },
    });
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await quota.take('change')));
    expect(answers.filter((answer) => answer.isGranted)).toHaveLength(5);
    expect(facts).toEqual(['lost']);
    unreachable.disconnect();
  });
});

describe('a limit over three instances and a real Redis', () => {
  const figures = { limit: 30, windowMs: 600, instances: 3 };
  const opened: (() => unknown)[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((close) => close()));
  });

  it('is kept while Redis is frozen, killed and started again, and the pool comes back', async () => {
    const server = await startRedisProcess();
    const clients = await Promise.all([1, 2, 3].map(async () => await connected(server.url)));
    opened.push(
      async () => {
        await server.kill();
      },
      ...clients.map((client) => () => {
        client.disconnect();
      }),
    );
    const facts: string[] = [];
    const quotas = clients.map((client) =>
      createRedisQuota({
        ...figures,
        redis: client,
        key: 'shared',
        pauseMs: 100,
        events: { lost: () => facts.push('lost'), regained: () => facts.push('regained') },
      }),
    );
    const grants: { readonly askedAtMs: number; readonly knownAtMs: number }[] = [];
    let isOver = false;
    const callers = quotas.map(async (quota) => {
      while (!isOver) {
        const askedAtMs = performance.now();
        const answer = await quota.take('change');
        if (answer.isGranted) grants.push({ askedAtMs, knownAtMs: performance.now() });
        await passTime(5);
      }
    });
    await passTime(1_300);
    server.freeze();
    await passTime(400);
    server.thaw();
    await passTime(900);
    await server.kill();
    await passTime(400);
    await server.start();
    const startedAtMs = performance.now();
    const latest = () => {
      const sinceMs = Math.max(startedAtMs, performance.now() - figures.windowMs);
      return grants.filter(({ askedAtMs }) => askedAtMs > sinceMs).length;
    };
    // in a window, all own shares together are half of the limit
    while (latest() <= figures.limit / 2 && performance.now() < startedAtMs + 15_000) await passTime(20);
    expect(latest()).toBeGreaterThan(figures.limit / 2);
    isOver = true;
    await Promise.all(callers);

    const most = Math.max(
      ...grants.map(
        ({ askedAtMs }) =>
          grants.filter((grant) => grant.askedAtMs >= askedAtMs && grant.knownAtMs < askedAtMs + figures.windowMs)
            .length,
      ),
    );
    expect(most).toBeLessThanOrEqual(figures.limit);
    expect(facts).toEqual(expect.arrayContaining(['lost', 'regained']));
  });
});
