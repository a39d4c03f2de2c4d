import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

/** KOS does not answer sooner: a caller with less time left is refused before it spends a call. */
const leastMs = 300;

/** What bills and customers may cost KOS, and us. Each has a circuit of its own: one failing must not hide the other. */
export const kosPolicies = (timeoutMs: number) => {
  const times = { timeoutMs, leastTimeMs: Math.min(leastMs, timeoutMs / 2) };
  return {
    'kos-bill': {
      ...times,
      bulkhead: { concurrent: 8, queue: 16, queueWaitMs: 300 },
      breaker: standardBreakerPolicy,
    },
    'kos-customer': {
      ...times,
      bulkhead: { concurrent: 4, queue: 16, queueWaitMs: 300 },
      breaker: standardBreakerPolicy,
    },
  } as const satisfies Record<string, GuardPolicy>;
};

/** How long KOS is asked nothing about a line after it failed at it: one line is one failure in this time. */
export const LINE_REST_MS = 15 * SECOND_MS;

/** What one line may cost everybody else. */
export const linePolicy = { target: 'kos-bill', restMs: LINE_REST_MS, atOnce: 3, mostResting: 10_000 } as const;

/** How long we keep to it, at most, when KOS says that it was asked too often. */
export const restPolicy = { mostMs: MINUTE_MS } as const;

export type KosGroup = keyof ReturnType<typeof kosPolicies>;
