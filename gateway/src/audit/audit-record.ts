/** What is kept of one operation: who asked for what, whose data it was, and how it ended. */
export interface AuditRecord {
  readonly requestId: string;
  /** A change is written down before it is carried out, too. */
  readonly stage: 'BEGUN' | 'ENDED';
  readonly at: Date;
  readonly actorUserId: string | null;
  readonly actorRole: string | null;
  readonly actorSessionId: string | null;
  readonly sealedAddress: string;
  readonly clientName: string | null;
  readonly operationName: string | null;
  readonly operationKind: 'query' | 'mutation' | 'subscription' | null;
  /** SHA-256 of the operation's text, in hex. */
  readonly documentHash: string | null;
  /** What was done, as the schema names it. */
  readonly acts: readonly string[];
  /** Whose data: opaque ids, or digests of what cannot be one. */
  readonly subjects: readonly string[];
  /** OK, the code of a refusal, or PARTIAL when something else was shown or changed beside it; null while it is begun. */
  readonly outcome: string | null;
  readonly rowsSeen: number;
  /** How many equal refusals this one record stands for. */
  readonly times: number;
}
