import { afterEach, describe, expect, it } from '@jest/globals';

import type { BucketRule, RateLimiter } from './index.ts';

/** One way to limit, as the contract sees it: nobody else asks, and time can be made to pass. */
export interface LimiterUnderTest {
  readonly limiter: RateLimiter;
  /** Lets some time pass; returns at once where time is the test's own. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The rule every subject of the contract is made with: a step is longer than a slow machine takes for one case. */
export const contractRule: BucketRule = { capacity: 10, refillTokens: 2, refillEveryMs: 2_500 };
const { capacity, refillTokens, refillEveryMs } = contractRule;

/** The cases every limiter answers alike; `create` makes one that has granted nothing yet. */
export function describeRateLimiterContract(name: string, create: () => Promise<LimiterUnderTest>): void {
  describe(`rate limiter contract: ${name}`, () => {
    const opened: LimiterUnderTest[] = [];
    const aLimiter = async () => {
      const subject = await create();
      opened.push(subject);
      return subject;
    };
    const grantedOf = async (limiter: RateLimiter, key: string, times: number, cost = 1) => {
      const standings = await Promise.all(Array.from({ length: times }, () => limiter.take(key, cost)));
      return standings.filter(({ isGranted }) => isGranted).length;
    };
    afterEach(async () => {
      for (const subject of opened.splice(0)) await subject.close();
    });

    it('grants each key what its bucket holds, however much is asked at once, and no more', async () => {
      const { limiter } = await aLimiter();
      expect(await grantedOf(limiter, 'kim', 3 * capacity)).toBe(capacity);
      expect(await grantedOf(limiter, 'lee', capacity)).toBe(capacity);
    });

    it('counts what is dear more, and takes nothing for what it refuses', async () => {
      const { limiter } = await aLimiter();
      expect(await limiter.take('kim', 4)).toMatchObject({ isGranted: true, limit: capacity, remaining: 6 });
      expect(await limiter.take('kim', 7)).toMatchObject({ isGranted: false, remaining: 6 });
      expect(await grantedOf(limiter, 'kim', 4, 2)).toBe(3);
    });

    it('grants what costs more than the bucket holds when the bucket is full', async () => {
      const { limiter } = await aLimiter();
      expect(await limiter.take('kim', 5 * capacity)).toMatchObject({ isGranted: true, remaining: 0 });
      expect(await limiter.take('kim')).toMatchObject({ isGranted: false, remaining: 0 });
    });

    it('takes the rest of a price that was paid in part, and says when the whole would be granted', async () => {
      const { limiter } = await aLimiter();
      await limiter.take('kim', 1);
      expect(await limiter.take('kim', 4, 1)).toMatchObject({ isGranted: true, remaining: 6 });
      const refused = await limiter.take('kim', 9, 1);
      expect(refused).toMatchObject({ isGranted: false, remaining: 6 });
      // eight would be there a step earlier
      expect(refused.retryAfterMs).toBe(refused.fullAfterMs);
      await limiter.take('lee', 1);
      expect(await limiter.take('lee', 5 * capacity, 1)).toMatchObject({ isGranted: true, remaining: 0 });
    });

    it('says when to come again and when all is back, and is right about it', async () => {
      const { limiter, ...subject } = await aLimiter();
      await limiter.take('kim', capacity);
      const refused = await limiter.take('kim');
      expect(refused.isGranted).toBe(false);
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(refillEveryMs);
      expect(refused.fullAfterMs - refused.retryAfterMs).toBe((capacity / refillTokens - 1) * refillEveryMs);
      await subject.pass(refused.retryAfterMs);
      expect(await grantedOf(limiter, 'kim', capacity)).toBe(refillTokens);
    });

    it('counts again from the first request after a rest', async () => {
      const { limiter, ...subject } = await aLimiter();
      await limiter.take('kim', 1);
      await subject.pass(refillEveryMs);
      const { fullAfterMs } = await limiter.take('kim', 1);
      expect(fullAfterMs).toBeGreaterThan(refillEveryMs - 100);
      expect(fullAfterMs).toBeLessThanOrEqual(refillEveryMs);
    });

    it('puts back what turned out not to count, and never more than the bucket holds', async () => {
      const { limiter } = await aLimiter();
      await limiter.take('kim', capacity);
      await limiter.giveBack('kim', 3);
      expect(await grantedOf(limiter, 'kim', capacity)).toBe(3);
      await limiter.giveBack('lee', 5);
      expect(await grantedOf(limiter, 'lee', 2 * capacity)).toBe(capacity);
    });
  });
}
