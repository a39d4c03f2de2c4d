/** Something that happened and has to be told elsewhere; written in the transaction in which it happened. */
export interface OutboxMessage {
  readonly id: string;
  readonly topic: string;
  /** Messages of one key are delivered in the order in which they were written. */
  readonly orderingKey: string;
  readonly payload: unknown;
  /** Failed deliveries so far. */
  readonly attempts: number;
  readonly createdAt: Date;
}

/**
 * Where messages wait. `describeOutboxStoreContract` holds what is promised here:
 * a message is pending until delivered or set aside, and while it is pending no later one of its key is claimed.
 */
export interface OutboxStore {
  /**
   * Hands out the oldest messages that are due at `now`, so at most one of each key, and to one caller only. A claim
   * that nobody reports on lapses after a time of the store's own, which must exceed the longest delivery twice.
   */
  claim(limit: number, now: Date): Promise<readonly OutboxMessage[]>;
  /** Final; a later report on the same message changes nothing. */
  delivered(id: string, at: Date): Promise<void>;
  /** Makes the message due again at `nextAttemptAt`. */
  failed(id: string, attempt: { readonly attempts: number; readonly nextAttemptAt: Date }): Promise<void>;
  /** Final, too: kept for people to look at, no longer in the way of its key. */
  setAside(id: string, at: Date, reason: string): Promise<void>;
}
