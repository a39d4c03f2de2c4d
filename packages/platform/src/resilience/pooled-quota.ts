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

/** `isYoung`: it grants nothing because it began, or has forgotten, less than a window ago. */
export type PoolAnswer =
  | { readonly isGranted: true; readonly grantId: string }
  | { readonly isGranted: false; readonly isYoung: boolean; readonly retryAfterMs: number };

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
 *
 * A process before this one may have spent the own share. Where the pool is older than a window, the own share therefore
 * counts as spent for one. It serves at once where the pool is young, as at a first start, or cannot be reached.
 */
export function createPooledQuota(pool: SharedPool, options: PooledQuotaOptions): Quota {
  const { instances, pooledPart = 0.5, timeoutMs = 100, pauseMs = 1_000, monotonicMs = systemMonotonicMs } = options;
  const ownLimit = Math.floor((options.limit * (1 - pooledPart)) / instances);
  const own = createSlidingLog(ceilingsOf(ownLimit, options), options.windowMs, monotonicMs);
  const poolCeilings = ceilingsOf(options.limit - ownLimit * instances, options);
  const inheritedUntilMs = monotonicMs() + options.windowMs;
  let isOwnInDoubt = true;
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

  const answerOf = (fromPool: PoolAnswer, ownWaitMs: number): QuotaAnswer => {
    if (!fromPool.isGranted)
      return { isGranted: false, retryAfterMs: Math.ceil(Math.min(ownWaitMs, fromPool.retryAfterMs)) };
    const { grantId } = fromPool;
    return { isGranted: true, giveBack: () => void pool.giveBack(grantId).catch(lose) };
  };

  return {
    async take(priority): Promise<QuotaAnswer> {
      const inheritedMs = isOwnInDoubt ? inheritedUntilMs - monotonicMs() : 0;
      const asked = inheritedMs > 0 ? await askPool(priority) : undefined;
      if (asked !== undefined) {
        const isYoung = !asked.isGranted && asked.isYoung;
        if (!isYoung) return answerOf(asked, inheritedMs);
        isOwnInDoubt = false;
      }
      const fromOwn = await own.take(priority);
      if (fromOwn.isGranted) return fromOwn;
      const fromPool = asked ?? (await askPool(priority));
      return fromPool === undefined ? fromOwn : answerOf(fromPool, fromOwn.retryAfterMs);
    },
  };
}
