/** How one subgraph is called. */
export interface SubgraphPolicy {
  readonly queryTimeoutMs: number;
  /** Longer than a query's: a change that was sent is worth waiting for. */
  readonly mutationTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxAnswerBytes: number;
}

/** How long a whole request may take, however many subgraphs it visits. */
export const requestBudget = { queryMs: 8_000, mutationMs: 15_000 } as const;

/** A subgraph is told to be done this much before the gateway stops waiting, so that it can still answer with what it has. */
export const answerMarginMs = 250;

const usual = { mutationTimeoutMs: 6_000, maxConnections: 64, maxAnswerBytes: 4 * 1_024 * 1_024 } as const;

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
