import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';

export interface KosTimeouts {
  readonly readTimeoutMs: number;
  readonly changeTimeoutMs: number;
}

/** Groups of KOS operations that share a circuit. */
export type KosGroup = 'kos-line' | 'kos-catalogue' | 'kos-change' | 'kos-change-status';

const queueWaitMs = 300;

/**
 * What each group may be asked to bear, and what it may cost us. Looking into KOS's books has a circuit of its own: its
 * successes must not keep the circuit of failing changes closed, nor failing changes hide the books.
 */
export const kosPolicies = ({ readTimeoutMs, changeTimeoutMs }: KosTimeouts): Record<KosGroup, GuardPolicy> => ({
  'kos-line': {
    timeoutMs: readTimeoutMs,
    bulkhead: { concurrent: 8, queue: 16, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-catalogue': {
    timeoutMs: readTimeoutMs,
    bulkhead: { concurrent: 2, queue: 8, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-change': {
    timeoutMs: changeTimeoutMs,
    bulkhead: { concurrent: 8, queue: 16, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-change-status': {
    timeoutMs: readTimeoutMs,
    bulkhead: { concurrent: 2, queue: 2, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
});
