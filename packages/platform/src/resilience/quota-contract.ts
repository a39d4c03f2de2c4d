import { afterEach, describe, expect, it } from '@jest/globals';
import type { Priority, Quota, QuotaFigures } from './index.ts';

/** One way to count calls, as the contract sees it: alone in the world, with time that can be made to pass. */
export interface QuotaUnderTest {
  readonly quota: Quota;
  /** Lets some of the window pass; returns at once where time is the test's own. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The figures every subject of the contract is made with. */
export const quotaContractFigures = { limit: 10, windowMs: 2_000, reservedForChanges: 2, backgroundPart: 0.5 };
const { limit, windowMs } = quotaContractFigures;

/** The cases every quota answers alike; `create` gets the figures and makes one that has granted nothing yet. */
export function describeQuotaContract(name: string, create: (figures: QuotaFigures) => Promise<QuotaUnderTest>) {
  describe(`quota contract: ${name}`, () => {
    let opened: QuotaUnderTest[] = [];
    const aQuota = async () => {
      const subject = await create(quotaContractFigures);
      opened.push(subject);
      return subject;
    };
    const takeMany = async (quota: Quota, priority: Priority, times: number) => {
      const answers = await Promise.all(Array.from({ length: times }, async () => await quota.take(priority)));
      return answers.filter((answer) => answer.isGranted).length;
    };
    afterEach(async () => {
      await Promise.all(
        opened.map(async (subject) => {
          await subject.close();
        }),
      );
      opened = [];
    });

    it('grants the whole limit to changes, however many ask at once, and no more', async () => {
      const { quota } = await aQuota();
      expect(await takeMany(quota, 'change', 3 * limit)).toBe(limit);
    });

    it('keeps a share for changes and lets background work use half of the rest', async () => {
      const { quota } = await aQuota();
      expect(await takeMany(quota, 'background', limit)).toBe(4);
      expect(await takeMany(quota, 'interactive', limit)).toBe(4);
      expect(await takeMany(quota, 'background', 1)).toBe(0);
      expect(await takeMany(quota, 'change', limit)).toBe(2);
    });

    it('says how long the refused must wait, and is right about it', async () => {
      const { quota, ...subject } = await aQuota();
      await takeMany(quota, 'change', limit);
      const refused = await quota.take('change');
      if (refused.isGranted) throw new Error('the limit was expected to be used up');
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(windowMs);
      await subject.pass(refused.retryAfterMs);
      expect((await quota.take('change')).isGranted).toBe(true);
    });

    it('lends a place that was given back to somebody else', async () => {
      const { quota } = await aQuota();
      const answers = await Promise.all(Array.from({ length: limit }, async () => await quota.take('change')));
      expect((await quota.take('change')).isGranted).toBe(false);
      for (const answer of answers) if (answer.isGranted) answer.giveBack();
      expect(await takeMany(quota, 'change', 3 * limit)).toBe(limit);
    });
  });
}
