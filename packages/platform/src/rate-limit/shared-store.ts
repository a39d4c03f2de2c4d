import { callWithTimeout } from '../resilience/index.ts';
import { SECOND_MS } from '../time/index.ts';

/** Asks a store that may be away, and asks nobody to wait for it while it is. */
export interface SharedStore {
  /** Answers what the store did, undefined when it is away or too slow. Never rejects. */
  attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined>;
}

/** What a shared store tells of itself; listeners must not throw. */
export interface SharedStoreEvents {
  lost(error: unknown): void;
  regained(): void;
}

/** How long an answer is waited for at most. */
const usualTimeoutMs = 50;
/** How long a store that failed is left alone, until one request finds out whether it is back. */
const usualPauseMs = SECOND_MS;

/** Watches over one store, whatever is kept in it. */
export function createSharedStore(
  options: {
    readonly events?: SharedStoreEvents;
    readonly timeoutMs?: number;
    readonly pauseMs?: number;
    readonly monotonicMs?: () => number;
  } = {},
): SharedStore {
  const { events, timeoutMs = usualTimeoutMs, pauseMs = usualPauseMs } = options;
  const { monotonicMs = () => performance.now() } = options;
  let isLost = false;
  let askAgainAtMs = Number.NEGATIVE_INFINITY;

  return {
    async attempt(ask) {
      if (isLost && monotonicMs() < askAgainAtMs) return undefined;
      // one finds out, the others go on without
      if (isLost) askAgainAtMs = monotonicMs() + pauseMs;
      try {
        const answer = await callWithTimeout(ask, timeoutMs);
        if (isLost) events?.regained();
        isLost = false;
        return answer;
      } catch (error) {
        if (!isLost) events?.lost(error);
        isLost = true;
        askAgainAtMs = monotonicMs() + pauseMs;
        return undefined;
      }
    },
  };
}
