import { ceilingsOf } from './quota.ts';
import type { Ceilings, Priority, Quota, QuotaAnswer, QuotaFigures } from './quota.ts';

/** Milliseconds since some fixed moment, never running backwards: a wall clock set back would freeze a window. */
export type MonotonicMs = () => number;

/** The machine's monotonic time. */
export const systemMonotonicMs: MonotonicMs = () => performance.now();

/**
 * This process's equal share of the limit, `limit / instances`: right without anything shared. A process cannot know what
 * one before it has spent, so a restart may grant its share twice within a window.
 */
export function createLocalQuota({
  monotonicMs = systemMonotonicMs,
  ...figures
}: QuotaFigures & { readonly monotonicMs?: MonotonicMs }): Quota {
  const share = Math.floor(figures.limit / (figures.instances ?? 1));
  if (share < 1) throw new RangeError(`a limit of ${figures.limit} has no share for each of the instances`);
  return createSlidingLog(ceilingsOf(share, figures), figures.windowMs, monotonicMs);
}

/** Remembers when each place was granted; exact for every sliding window, and small because the limit is. */
export function createSlidingLog(ceilings: Ceilings, windowMs: number, monotonicMs: MonotonicMs): Quota {
  let grantedAt: number[] = [];

  const giveBack = (moment: number): void => {
    const index = grantedAt.indexOf(moment);
    if (index >= 0) grantedAt.splice(index, 1);
  };
  const answer = (priority: Priority): QuotaAnswer => {
    const nowMs = monotonicMs();
    grantedAt = grantedAt.filter((moment) => moment > nowMs - windowMs);
    const excess = grantedAt.length - ceilings[priority];
    if (excess >= 0)
      return { isGranted: false, retryAfterMs: Math.ceil((grantedAt[excess] ?? nowMs) + windowMs - nowMs) };
    grantedAt.push(nowMs);
    return {
      isGranted: true,
      giveBack: () => {
        giveBack(nowMs);
      },
    };
  };
  return { take: (priority) => Promise.resolve(answer(priority)) };
}
