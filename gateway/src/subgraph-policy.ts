import { SECOND_MS } from '@supergraph/platform/time';
import type { GuardPolicy } from '@supergraph/platform/resilience';

import type { AbsencePolicy } from './subgraphs/absence.ts';

/** How one subgraph is called. */
export interface SubgraphPolicy {
  readonly queryTimeoutMs: number;
  /** Longer than a query's: a change that was sent is worth waiting for. */
  readonly mutationTimeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Places of their own for queries and for mutations, so that neither takes the other's. */
  readonly places: { readonly query: GuardPolicy['bulkhead']; readonly mutation: GuardPolicy['bulkhead'] };
  readonly breaker: GuardPolicy['breaker'];
  readonly absence: AbsencePolicy;
  /** How many in a hundred queries may be sent a second time. */
  readonly retryPercent: number;
}

/** How long a whole request may take, however many subgraphs it visits. */
export const requestBudget = { queryMs: 8_000, mutationMs: 15_000 } as const;

/** Longer than any request may take: what is replaced is let go of after it. */
export const peacefulEndMs = requestBudget.mutationMs + 5 * SECOND_MS;

/** A subgraph is told to be done this much before the gateway stops waiting, so that it can still answer with what it has. */
export const answerMarginMs = 250;

/** Connections for what is no fetch: keys, sessions, health. */
const otherConnections = 16;

const usual = {
  mutationTimeoutMs: 6_000,
  maxAnswerBytes: 4 * 1_024 * 1_024,
  // all subgraphs together leave room among the reads that the gateway takes at once (MAX_READS_IN_FLIGHT)
  places: {
    query: { concurrent: 64, queue: 64, queueWaitMs: 500 },
    mutation: { concurrent: 32, queue: 32, queueWaitMs: 500 },
  },
  breaker: {
    consecutiveFailures: 5,
    windowSize: 20,
    minimumCalls: 10,
    failurePercent: 50,
    // a neighbour costs nothing to be asked again
    openMs: 2 * SECOND_MS,
    halfOpenMaxMs: 2 * SECOND_MS,
  },
  // a subgraph that starts again takes a second or two
  absence: { patienceMs: 2_500, firstLookMs: 50, longestLookMs: 400 },
  retryPercent: 10,
} as const;

const special: Readonly<Record<string, Partial<SubgraphPolicy>>> = {
  // a plan change asks KOS twice: the checks (3 s) and the change itself (5 s)
  product: { mutationTimeoutMs: 10_000 },
};

/** The policy for a subgraph by its name. */
export const policyOf = (subgraph: string, queryTimeoutMs: number): SubgraphPolicy => ({
  ...usual,
  queryTimeoutMs,
  ...special[subgraph],
});

/** As many connections as a policy can make use of. */
export const connectionsFor = ({ places: { query, mutation } }: SubgraphPolicy): number =>
  query.concurrent + mutation.concurrent + otherConnections;
