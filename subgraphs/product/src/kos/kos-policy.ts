import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

export interface KosTimeouts {
  readonly readTimeoutMs: number;
  readonly changeTimeoutMs: number;
}

/** Groups of KOS operations that share a circuit. */
export type KosGroup = 'kos-line' | 'kos-catalogue' | 'kos-change' | 'kos-change-status';

const queueWaitMs = 300;
/** KOS does not answer sooner: a caller with less time left is refused before it spends a call. */
const leastMs = 300;

const timesOf = (timeoutMs: number) => ({ timeoutMs, leastTimeMs: Math.min(leastMs, timeoutMs / 2) });

/** How long KOS is asked nothing about a line or customer after it failed at it. */
export const SUBJECT_REST_MS = 15 * SECOND_MS;

const subjectPolicy = { target: 'kos-line', restMs: SUBJECT_REST_MS, atOnce: 3, mostResting: 10_000 } as const;

/**
 * What one line or customer may cost everybody else: a line two failures in a row for what a change needs to know, and one
 * for what is only shown; fewer than open the circuit. So who wishes a change may try again at once, and a look that failed
 * is not in the way.
 */
export const subjectPolicies = {
  shown: subjectPolicy,
  needed: { ...subjectPolicy, failuresToRest: 2 },
} as const;

export type SubjectKind = keyof typeof subjectPolicies;

/** How long we keep to it, at most, when KOS says that it was asked too often. */
export const restPolicy = { mostMs: MINUTE_MS } as const;

/**
 * What each group may be asked to bear, and what it may cost us. Looking into KOS's books has a circuit of its own: its
 * successes must not keep the circuit of failing changes closed, nor failing changes hide the books.
 */
export const kosPolicies = ({ readTimeoutMs, changeTimeoutMs }: KosTimeouts): Record<KosGroup, GuardPolicy> => ({
  'kos-line': {
    ...timesOf(readTimeoutMs),
    bulkhead: { concurrent: 8, queue: 16, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-catalogue': {
    ...timesOf(readTimeoutMs),
    bulkhead: { concurrent: 2, queue: 8, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-change': {
    ...timesOf(changeTimeoutMs),
    bulkhead: { concurrent: 8, queue: 16, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
  'kos-change-status': {
    ...timesOf(readTimeoutMs),
    bulkhead: { concurrent: 2, queue: 2, queueWaitMs },
    breaker: standardBreakerPolicy,
  },
});
