import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';

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

export type KosGroup = keyof ReturnType<typeof kosPolicies>;
