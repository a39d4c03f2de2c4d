import { callWithTimeout } from './call-with-timeout.ts';
import { createSlidingLog, systemMonotonicMs } from './local-quota.ts';
import type { MonotonicMs } from './local-quota.ts';
import { ceilingsOf } from './quota.ts';
import type { Priority, Quota, QuotaAnswer, QuotaFigures } from './quota.ts';

/** One sliding window that all instances draw from; it may be lost at any moment. */
export interface SharedPool {
  /** Grants one place while fewer than `ceiling` are taken, or says how long until one can be free. */
  take(ceiling: number): Promise<PoolAnswer>;
  giveBack(grantId: string): Promise<void>;
}

export type PoolAnswer =
  { readonly isGranted: true; readonly grantId: string } | { readonly isGranted: false; readonly retryAfterMs: number };

/** The facts a shared quota tells; listeners must not throw. */
export interface SharedQuotaEvents {
  lost(error: unknown): void;
  regained(): void;
}

export interface PooledQuotaOptions extends QuotaFigures {
  readonly instances: number;
  /** Which part of the limit is shared; the rest is split into the instances' own shares (default 0.5). */
  readonly pooledPart?: number;
  /** How long one answer of the pool is waited for (default 100 ms). */
  readonly timeoutMs?: number;
  /** How long a pool that failed is not asked again (default 1 s). */
  readonly pauseMs?: number;
  readonly events?: SharedQuotaEvents;
  readonly monotonicMs?: MonotonicMs;
}

/**
 * Own share first, then the common pool. The two are disjoint parts of the limit, so a pool that is lost, cut off from
 * some, or back again can only make fewer calls possible: no hand-over exists in which both could be spent.
 */
export function createPooledQuota(pool: SharedPool, options: PooledQuotaOptions): Quota {
  const { instances, pooledPart = 0.5, timeoutMs = 100, pauseMs = 1_000, monotonicMs = systemMonotonicMs } = options;
  const ownLimit = Math.floor((options.limit * (1 - pooledPart)) / instances);
  const own = createSlidingLog(ceilingsOf(ownLimit, options), options.windowMs, monotonicMs);
  const poolCeilings = ceilingsOf(options.limit - ownLimit * instances, options);
  let resumesAtMs: number | undefined;

  const lose = (error: unknown): void => {
    if (resumesAtMs === undefined) options.events?.lost(error);
    resumesAtMs = monotonicMs() + pauseMs;
  };
  const regain = (): void => {
    if (resumesAtMs !== undefined) options.events?.regained();
    resumesAtMs = undefined;
  };
  const askPool = async (priority: Priority): Promise<PoolAnswer | undefined> => {
    if (poolCeilings[priority] < 1 || (resumesAtMs ?? -Infinity) > monotonicMs()) return undefined;
    try {
      const answer = await callWithTimeout(() => pool.take(poolCeilings[priority]), timeoutMs);
      regain();
      return answer;
    } catch (error) {
      lose(error);
      return undefined;
    }
  };

  return {
    async take(priority): Promise<QuotaAnswer> {
      const fromOwn = await own.take(priority);
      if (fromOwn.isGranted) return fromOwn;
      const fromPool = await askPool(priority);
      if (fromPool === undefined) return fromOwn;
      if (!fromPool.isGranted)
        return { isGranted: false, retryAfterMs: Math.min(fromOwn.retryAfterMs, fromPool.retryAfterMs) };
      const { grantId } = fromPool;
      return { isGranted: true, giveBack: () => void pool.giveBack(grantId).catch(lose) };
    },
  };
}
