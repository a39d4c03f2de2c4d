import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '../testing/index.ts';
import { createRestingQuota, type Quota } from './index.ts';

const aQuota = () => {
  const clock = createManualClock('2026-09-15T03:00:00Z');
  const granted = { isGranted: true, giveBack: () => undefined } as const;
  const generous: Quota = { take: () => Promise.resolve(granted) };
  return { clock, granted, quota: createRestingQuota(generous, { clock, mostMs: 60_000 }) };
};
const refused = (retryAfterMs: number) => ({ isGranted: false, retryAfterMs });

describe('A quota told to rest', () => {
  it('grants nothing to anybody until then, and says when', async () => {
    const { clock, granted, quota } = aQuota();
    expect(await quota.take('interactive')).toEqual(granted);
    quota.rest(20_000);
    clock.advance(5_000);
    expect(await quota.take('change')).toEqual(refused(15_000));
    clock.advance(15_000);
    expect(await quota.take('background')).toEqual(granted);
  });

  it('does not rest longer than it may, nor shorter because it is told again', async () => {
    const { quota } = aQuota();
    quota.rest(3_600_000);
    expect(await quota.take('change')).toEqual(refused(60_000));
    quota.rest(1_000);
    expect(await quota.take('change')).toEqual(refused(60_000));
  });

  it('does not rest longer because the clock was set back', async () => {
    const { clock, granted, quota } = aQuota();
    quota.rest(60_000);
    clock.advance(-3_600_000);
    expect(await quota.take('interactive')).toEqual(granted);
  });
});
