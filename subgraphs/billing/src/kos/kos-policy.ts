import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';
import { SECOND_MS } from '@supergraph/platform/time';

/** What bills and customers may cost KOS, and us. Each has a circuit of its own: one failing must not hide the other. */
export const kosPolicies = (timeoutMs: number) =>
  ({
    'kos-bill': {
      timeoutMs,
      bulkhead: { concurrent: 8, queue: 16, queueWaitMs: 300 },
      breaker: standardBreakerPolicy,
    },
    'kos-customer': {
      timeoutMs,
      bulkhead: { concurrent: 4, queue: 16, queueWaitMs: 300 },
      breaker: standardBreakerPolicy,
    },
  }) as const satisfies Record<string, GuardPolicy>;

/** How long KOS is asked nothing about a line after it failed at it: one line is one failure in this time. */
export const LINE_REST_MS = 15 * SECOND_MS;

/** What one line may cost everybody else. */
export const linePolicy = { restMs: LINE_REST_MS, atOnce: 3, mostResting: 10_000 } as const;

export type KosGroup = keyof ReturnType<typeof kosPolicies>;
