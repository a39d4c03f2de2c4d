/** Who goes first when calls are scarce. */
export type Priority = 'change' | 'interactive' | 'background';

/** A place in the window, to be given back only when no call was made; or how long until one can be free. */
export type QuotaAnswer =
  { readonly isGranted: true; giveBack(): void } | { readonly isGranted: false; readonly retryAfterMs: number };

/** Counts calls in every sliding window; never rejects. */
export interface Quota {
  take(priority: Priority): Promise<QuotaAnswer>;
}

/** Figures of a supplier's limit. They hold over all instances together. */
export interface QuotaFigures {
  /** Calls in every sliding window. */
  readonly limit: number;
  /**
   * The supplier's window plus the longest way from grant to arrival (bulkhead queue, connection, network): a window
   * of exactly the supplier's length breaks its limit by the calls that were late.
   */
  readonly windowMs: number;
  /** Calls that only changes may use (default 20 % of the limit). */
  readonly reservedForChanges?: number;
  /** Background work is granted only while fewer than this part of the rest is used (default 0.5). */
  readonly backgroundPart?: number;
  /** The largest number of processes that ever call at the same time, rolling updates included (default 1). */
  readonly instances?: number;
}

/** How many calls may be in the window for one more of this priority to be granted. */
export type Ceilings = Readonly<Record<Priority, number>>;

/** The figures cut down to a budget of `limit` calls, reserves in proportion. */
export function ceilingsOf(limit: number, figures: QuotaFigures): Ceilings {
  const { limit: whole, reservedForChanges = whole * 0.2, backgroundPart = 0.5 } = figures;
  const interactive = limit - Math.ceil((reservedForChanges * limit) / whole);
  return { change: limit, interactive, background: Math.floor(interactive * backgroundPart) };
}
