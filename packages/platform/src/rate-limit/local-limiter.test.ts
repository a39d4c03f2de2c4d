import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createManualClock } from '../testing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../time/index.ts';
import { bucketOf, createRateLimiter, createSharedStore, type BucketRule } from './index.ts';
import { contractRule, describeRateLimiterContract } from './rate-limiter-contract.ts';

function aLocalLimiter(more: Partial<Parameters<typeof createRateLimiter>[0]> = {}) {
  const clock = createManualClock('2026-11-21T03:00:00Z');
  const nowMs = () => clock.now().getTime();
  return { clock, limiter: createRateLimiter({ rule: contractRule, name: 'test', nowMs, ...more }) };
}

describeRateLimiterContract('in one process alone', () => {
  const { clock, limiter } = aLocalLimiter();
  return Promise.resolve({
    limiter,
    pass: (ms: number) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

describe('A local rate limiter', () => {
  it('never grants a key more in any time than the bucket and the steps that begin in it', async () => {
    const rule = fc.record({
      capacity: fc.integer({ min: 1, max: 30 }),
      refillTokens: fc.double({ min: 0.1, max: 10, noNaN: true }),
      refillEveryMs: fc.integer({ min: 1, max: 10_000 }),
    });
    const asked = fc.record({
      key: fc.constantFrom('kim', 'lee'),
      cost: fc.integer({ min: 1, max: 40 }),
      afterMs: fc.nat({ max: 20_000 }),
    });
    const mostIn = ({ capacity, refillTokens, refillEveryMs }: BucketRule, ms: number) =>
      capacity + refillTokens * (Math.floor(ms / refillEveryMs) + 1);

    await fc.assert(
      fc.asyncProperty(rule, fc.array(asked, { maxLength: 60 }), async (bounds, requests) => {
        const { clock, limiter } = aLocalLimiter({ rule: bounds });
        const grants: { readonly key: string; readonly tokens: number; readonly atMs: number }[] = [];
        for (const { key, cost, afterMs } of requests) {
          clock.advance(afterMs);
          const { isGranted } = await limiter.take(key, cost);
          if (isGranted) grants.push({ key, tokens: Math.min(cost, bounds.capacity), atMs: clock.now().getTime() });
        }
        for (const first of grants) {
          let granted = 0;
          for (const later of grants.slice(grants.indexOf(first))) {
            if (later.key === first.key) granted += later.tokens;
            expect(granted).toBeLessThanOrEqual(mostIn(bounds, later.atMs - first.atMs) + 0.01);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('grants nothing for a clock that was set back, and is not held up by it', async () => {
    const { clock, limiter } = aLocalLimiter();
    await limiter.take('kim', contractRule.capacity);
    clock.advance(-HOUR_MS);
    expect((await limiter.take('kim')).isGranted).toBe(false);
    clock.advance(contractRule.refillEveryMs);
    expect((await limiter.take('kim')).isGranted).toBe(true);
  });

  it('grants its own share when there are several processes, and at least one at a time', async () => {
    const { clock, limiter } = aLocalLimiter({ rule: bucketOf(100, MINUTE_MS, 10), instances: 3 });
    expect(await limiter.take('kim', 33)).toMatchObject({ isGranted: true, limit: 33, remaining: 0 });
    clock.advance(MINUTE_MS / 10);
    expect(await limiter.take('kim', 4)).toMatchObject({ isGranted: false, remaining: 3 });
    const { limiter: scarce } = aLocalLimiter({ rule: bucketOf(2, MINUTE_MS, 1), instances: 5 });
    expect([(await scarce.take('kim')).isGranted, (await scarce.take('kim')).isGranted]).toEqual([true, false]);
  });

  it('remembers no more keys than it may: it forgets those that are full again, then the least recently used', async () => {
    const { clock, limiter } = aLocalLimiter({ maxKeys: 2 });
    await limiter.take('kim', contractRule.capacity);
    await limiter.take('lee', 1);
    await limiter.take('park', 1);
    expect((await limiter.take('kim')).isGranted).toBe(true);
    clock.advance(HOUR_MS);
    expect((await limiter.take('choi')).isGranted).toBe(true);
  });

  it('refuses a new key rather than forget one that still counts, where that is asked for', async () => {
    const { clock, limiter } = aLocalLimiter({ maxKeys: 2, whenFull: 'refuse' });
    await limiter.take('kim', contractRule.capacity);
    await limiter.take('lee', 1);
    expect(await limiter.take('park')).toMatchObject({ isGranted: false, retryAfterMs: contractRule.refillEveryMs });
    expect((await limiter.take('kim')).isGranted).toBe(false);
    clock.advance(contractRule.refillEveryMs);
    await limiter.take('kim');
    expect((await limiter.take('park')).isGranted).toBe(true);
  });
});

describe('A shared store', () => {
  function aStore(answer: () => Promise<string>) {
    const told: string[] = [];
    const moment = { nowMs: 0 };
    const events = { lost: () => told.push('lost'), regained: () => told.push('regained') };
    let asked = 0;
    const store = createSharedStore({ events, timeoutMs: 20, pauseMs: 1_000, monotonicMs: () => moment.nowMs });
    const ask = () =>
      store.attempt(() => {
        asked += 1;
        return answer();
      });
    return { ask, told, moment, asked: () => asked };
  }

  it('is waited for no longer than it may take, and is then left alone for a while', async () => {
    const { ask, told, asked } = aStore(() => new Promise<never>(() => undefined));
    const startedAtMs = performance.now();
    expect(await ask()).toBeUndefined();
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect([await ask(), await ask(), asked(), told]).toEqual([undefined, undefined, 1, ['lost']]);
  });

  it('is asked again by one request, and by all once it has answered', async () => {
    let isAway = true;
    const { ask, told, moment, asked } = aStore(() =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve('here'),
    );
    await ask();
    moment.nowMs = 1_000;
    expect(await Promise.all([ask(), ask()])).toEqual([undefined, undefined]);
    expect(asked()).toBe(2);
    isAway = false;
    moment.nowMs = 2_000;
    expect(await Promise.all([ask(), ask()])).toEqual(['here', undefined]);
    expect(await Promise.all([ask(), ask()])).toEqual(['here', 'here']);
    expect(told).toEqual(['lost', 'regained']);
  });
});
