/** What a history says once everything is quiet again; every number is meant to be 0. */
export interface Findings {
  /** All that was asked. */
  readonly requests: number;
  /** Acknowledged orders that are missing here, completed ones missing at KOS, settled ones never told to the MVNO AP. */
  readonly lost: number;
  /** Orders carried out, or told of, more than once; and changes at KOS that nobody here ordered. */
  readonly duplicated: number;
  /** Answers that were not true when given and did not say so, and those that showed what is inside. */
  readonly wrong: number;
  /** Orders told or kept as failed that KOS has carried out. */
  readonly falselyFailed: number;
  /** Orders not settled yet. */
  readonly unsettled: number;
  /** Each finding in words, for whoever reads the failed test. */
  readonly problems: readonly string[];
}
