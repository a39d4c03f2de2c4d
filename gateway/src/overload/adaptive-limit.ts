/** How many requests may be in hand at once, given how late the process is. */
export interface AdaptiveLimit {
  now(): number;
  /** Moves the limit by one step after a reading of the lag, in milliseconds, with so many in hand. */
  adjust(lagMs: number, inHand: number): void;
}

/** Between which bounds a limit moves, and from which lag on it falls. */
export interface AdaptiveLimitRange {
  readonly least: number;
  readonly most: number;
  readonly maxLagMs: number;
}

const fallingFactor = 0.8;
const risingStep = 32;

/**
 * Makes a limit that falls fast from what is in hand while the process is too late, rises slowly once it is less than
 * half as late, and rests between, so that it settles where the process keeps up. A turn of the event loop takes as long
 * as there are requests in it: fewer of them make it short again, and cost no throughput above the least.
 */
export function createAdaptiveLimit({ least, most, maxLagMs }: AdaptiveLimitRange): AdaptiveLimit {
  const floor = Math.min(least, most);
  let limit = most;
  return {
    now: () => limit,
    adjust: (lagMs, inHand) => {
      if (lagMs > maxLagMs) limit = Math.max(floor, Math.floor(Math.min(limit, inHand) * fallingFactor));
      else if (lagMs < maxLagMs / 2) limit = Math.min(most, limit + risingStep);
    },
  };
}
