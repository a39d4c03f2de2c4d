import type { Clock } from '../time/index.ts';
import type { Quota } from './quota.ts';

/** A quota in front of a supplier that counts for itself, and may say that it was asked too often. */
export interface RestingQuota extends Quota {
  /** Grants nothing for so many milliseconds from now, and never for more than `mostMs`. */
  rest(ms: number): void;
}

export function createRestingQuota(
  quota: Quota,
  { clock, mostMs }: { readonly clock: Clock; readonly mostMs: number },
): RestingQuota {
  let endsAtMs = -Infinity;

  /** More than the longest rest is left only where the clock was set back: then it is over. */
  function leftMs(): number {
    const left = endsAtMs - clock.now().getTime();
    return left > mostMs ? 0 : Math.max(0, left);
  }

  return {
    async take(priority) {
      const retryAfterMs = leftMs();
      return retryAfterMs > 0 ? { isGranted: false, retryAfterMs } : await quota.take(priority);
    },
    rest(ms) {
      endsAtMs = clock.now().getTime() + Math.max(leftMs(), Math.min(ms, mostMs));
    },
  };
}
