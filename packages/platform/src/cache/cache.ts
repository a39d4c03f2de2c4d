/**
 * How long an answer serves. Fresh for `freshMs`: answered without asking the upstream. For `staleMs` more it is kept
 * for the case that the upstream fails or is being asked. Both count from `fetchedAt`, the moment the load began.
 */
export interface CacheRule {
  readonly freshMs: number;
  readonly staleMs: number;
}

/** An answer and what is known of its age; `isStale` when it stands in for one that could not, or not yet, be had. */
export interface Cached<T> {
  readonly value: T;
  readonly fetchedAt: Date;
  readonly isStale: boolean;
  readonly source: CacheSource;
}

/** Where an answer was found. */
export type CacheSource = 'UPSTREAM' | 'MEMORY' | 'SHARED';

/** One question to the cache. The same key always comes with the same tags, rule, decode and kind of value. */
export interface CacheRead<T> {
  readonly key: string;
  readonly tags?: readonly string[];
  readonly rule: CacheRule;
  /**
   * Makes the value out of its JSON; throws when it is not one. Runs on every answer, also on a new one, so that
   * each reader owns its copy and no tier answers differently from another. Sees null when `load` may answer null.
   */
  readonly decode: (raw: unknown) => T;
  /** Asks the upstream, within its own deadline; the signal fires when the cache closes. null and undefined are not kept. */
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** How it is renewed beside its readers; without it the first reader after its time waits for the load. */
  readonly renewal?: Renewal<T>;
  /** When the answer was true, if earlier than its load, as for one found in a database. Freshness counts from there. */
  readonly fetchedAt?: (value: T) => Date | undefined;
}

/**
 * An answer near the end of its time is renewed while its readers are given the present one. One renewal per key at a
 * time over all instances, few at once, and none again soon after one that failed.
 */
export interface Renewal<T> {
  /** Asks the upstream as `load` does, with the least claim on it; whatever refuses it ends the renewal. */
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** Whether readers after its time are given the stale answer at once and not made to wait. */
  readonly givesStale: boolean;
}

/** A cache whose own troubles are never the reader's: whatever happens to the shared tier, a read costs a little more at most. */
export interface Cache {
  /**
   * The fresh answer, or a stale one that is being renewed, else a loaded one, else (the load failed) the last one
   * within the rule, marked stale.
   * Rejects with the load's own error. One load per key at a time in this process, joined by every reader.
   */
  getOrLoad<T>(read: CacheRead<T>): Promise<Cached<T>>;
  /**
   * From here on no read of this instance answers with what was loaded before, and other instances follow as fast as
   * Redis tells them. Never rejects: an invalidation that Redis missed is owed and delivered when Redis is back.
   */
  invalidate(key: string): Promise<void>;
  /** The same for all keys that carry the tag. */
  invalidateTag(tag: string): Promise<void>;
  /** Stops listening and aborts the loads in flight. The Redis client stays its owner's to close. */
  close(): Promise<void>;
}
