import { createHash } from 'node:crypto';

import type { RequestedStart } from './effective-date.ts';

/** A change that is ordered only by somebody who has just given the password for it. */
export interface StepUpNeed {
  readonly lineId: string;
  readonly productCodeBefore: string;
  readonly productCodeAfter: string;
  readonly requestedStart: RequestedStart;
  /** More a month, or less when negative; null when nobody knows what the current plan costs. */
  readonly monthlyFeeDifferenceWon: number | null;
}

/**
 * Whether a change is one of those. A plan that costs much more costs money, one that costs much less takes away what a
 * person relies on: a stolen session does harm either way.
 */
export const isStepUpNeeded = (
  { monthlyFeeDifferenceWon: difference }: Pick<StepUpNeed, 'monthlyFeeDifferenceWon'>,
  freeDifferenceWon: number,
): boolean => difference === null || Math.abs(difference) > freeDifferenceWon;

/** Names exactly this change: what was confirmed at one price is not confirmed at another. */
export const challengeOf = (need: StepUpNeed): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        need.lineId,
        need.productCodeBefore,
        need.productCodeAfter,
        need.requestedStart,
        need.monthlyFeeDifferenceWon,
      ]),
      'utf8',
    )
    .digest('base64url');
