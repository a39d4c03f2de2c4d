import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as passTime } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';

import { sharedRedisUrl, startRedisProcess } from '../../../../tests/support/redis-process.ts';
import { connectRedis } from '../cache/index.ts';
import { createRateLimiter, createSharedStore, type BucketRule } from './index.ts';
import { contractRule, describeRateLimiterContract } from './rate-limiter-contract.ts';

/** A machine that runs many suites at once is slow, not broken: only the tests of a broken Redis keep the usual deadline. */
const patientMs = 5_000;
const nowMs = () => Date.now();

async function connected(url: string, commandTimeoutMs = patientMs): Promise<Redis> {
  const redis = connectRedis({ url, commandTimeoutMs });
  await once(redis, 'ready');
  return redis;
}

let redis: Redis;
beforeAll(async () => {
  redis = await connected(sharedRedisUrl());
});
afterAll(() => {
  redis.disconnect();
});

const overRedis = (prefix: string, rule: BucketRule = contractRule) =>
  createRateLimiter({
    rule,
    name: 'test',
    nowMs,
    // would refuse everything: nothing is granted that Redis did not grant
    maxKeys: 0,
    whenFull: 'refuse',
    shared: { redis, prefix, store: createSharedStore({ timeoutMs: patientMs }) },
  });

describeRateLimiterContract('in Redis', () =>
  Promise.resolve({
    limiter: overRedis(`rate-test:${randomUUID()}`),
    pass: (ms: number) => passTime(ms),
    close: () => Promise.resolve(),
  }),
);

describe('Buckets in Redis', () => {
  it('are shared by all instances, which together never grant more than the rule', async () => {
    const rule = { capacity: 20, refillTokens: 3, refillEveryMs: 100 };
    const prefix = `rate-test:${randomUUID()}`;
    const instances = [overRedis(prefix, rule), overRedis(prefix, rule), overRedis(prefix, rule)];
    const grants: { readonly askedAtMs: number; readonly knownAtMs: number }[] = [];
    const endsAtMs = performance.now() + 1_500;
    const callers = [...instances, ...instances].map(async (limiter) => {
      while (performance.now() < endsAtMs) {
        const askedAtMs = performance.now();
        const { isGranted } = await limiter.take('kim');
        if (isGranted) grants.push({ askedAtMs, knownAtMs: performance.now() });
        await passTime(3);
      }
    });
    await Promise.all(callers);

    for (const { askedAtMs } of grants) {
      for (const ms of [10, 100, 350, 1_000, 1_500]) {
        const granted = grants.filter((each) => each.askedAtMs >= askedAtMs && each.knownAtMs <= askedAtMs + ms);
        expect(granted.length).toBeLessThanOrEqual(rule.capacity + rule.refillTokens * (Math.floor(ms / 100) + 1));
      }
    }
    expect(grants.length).toBeGreaterThan(rule.capacity + 5 * rule.refillTokens);
  });

  it('have names that tell nobody whom they are about, and end by themselves', async () => {
    const prefix = `rate-test:${randomUUID()}`;
    await overRedis(prefix).take('203.0.113.7', 3);
    const keys = await redis.keys(`${prefix}:*`);
    expect(keys).toEqual([expect.stringMatching(/:test:[\w-]{22}$/)]);
    expect(keys.join()).not.toContain('203');
    const lifeMs = await redis.pttl(keys[0] ?? '');
    expect(lifeMs).toBeGreaterThan(0);
    expect(lifeMs).toBeLessThanOrEqual(2 * contractRule.refillEveryMs);
  });
});

describe('A rate limiter whose Redis is lost', () => {
  /** Ten times what is usual: a Redis that is there is not to be taken for lost because the machine is busy. */
  const timeoutMs = 500;
  const opened: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  it('goes on within its own share, keeps nobody waiting, and shares again when Redis is back', async () => {
    const server = await startRedisProcess();
    opened.push(() => server.kill());
    const client = await connected(server.url, timeoutMs);
    opened.push(() => {
      client.disconnect();
    });
    const told: string[] = [];
    const events = { lost: () => told.push('lost'), regained: () => told.push('regained') };
    const rule = { capacity: 40, refillTokens: 40, refillEveryMs: 600_000 };
    const shared = { redis: client, prefix: 'rate', store: createSharedStore({ events, timeoutMs, pauseMs: 100 }) };
    const limiter = createRateLimiter({ rule, name: 'test', nowMs, instances: 4, shared });
    expect(await limiter.take('kim', 2)).toMatchObject({ limit: 40, remaining: 38 });

    server.freeze();
    const startedAtMs = performance.now();
    const frozen = await Promise.all(Array.from({ length: 30 }, () => limiter.take('kim')));
    // a quarter of forty, less the two it was granted before
    expect(frozen.filter(({ isGranted }) => isGranted)).toHaveLength(8);
    expect((await limiter.take('kim')).isGranted).toBe(false);
    // one deadline, or two, and what a busy machine adds: not one for each
    expect(performance.now() - startedAtMs).toBeLessThan(5 * timeoutMs);
    server.thaw();
    await server.kill();
    expect(await limiter.take('lee', 10)).toMatchObject({ isGranted: true, limit: 10 });
    await server.start();

    const lastMs = performance.now() + 10_000;
    while (!told.includes('regained') && performance.now() < lastMs) {
      await limiter.take('park');
      await passTime(20);
    }
    expect(await limiter.take('choi')).toMatchObject({ isGranted: true, limit: 40 });
    expect(told).toEqual(expect.arrayContaining(['lost', 'regained']));
  });
});
