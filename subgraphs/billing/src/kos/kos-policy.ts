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

/** How long KOS is asked nothing about a line or customer after it failed at them: that is one failure in this time. */
export const SUBJECT_REST_MS = 15 * SECOND_MS;

const subjectPolicy = { restMs: SUBJECT_REST_MS, atOnce: 3, mostResting: 10_000 } as const;

/** What one line or customer may cost everybody else. Nothing is shown without the customer: it is asked about twice. */
export const subjectPolicies = {
  'kos-bill': subjectPolicy,
  'kos-customer': { ...subjectPolicy, failuresToRest: 2 },
} as const satisfies Record<KosGroup, object>;

/** How long we keep to it, at most, when KOS says that it was asked too often. */
export const restPolicy = { mostMs: MINUTE_MS } as const;

export type KosGroup = keyof ReturnType<typeof kosPolicies>;
