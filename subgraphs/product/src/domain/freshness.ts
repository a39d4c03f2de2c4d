/** How fresh an answer of KOS is; `isStale` only when it is past its time because KOS cannot be asked. */
export interface Freshness {
  readonly fetchedAt: Date;
  readonly isStale: boolean;
  readonly source: 'KOS' | 'CACHE';
}

/** What KOS said, and when. */
export interface Known<T> {
  readonly value: T;
  readonly freshness: Freshness;
}

/** An answer made of several is as old as the oldest of them. */
export const oldestOf = (one: Freshness, other: Freshness): Freshness => ({
  fetchedAt: one.fetchedAt < other.fetchedAt ? one.fetchedAt : other.fetchedAt,
  isStale: one.isStale || other.isStale,
  source: one.source === 'KOS' && other.source === 'KOS' ? 'KOS' : 'CACHE',
});
