import type { Standing } from './bucket.ts';

/** Buckets by key, all of one rule. */
export interface Buckets {
  /** Takes tokens out of the bucket of a key, less those paid before, all or none; a negative number puts some back. */
  take(key: string, cost: number, paid: number): Promise<Standing>;
}

/** Bounds how much is granted to each key. Neither way ever rejects, nor waits longer for Redis than it may. */
export interface RateLimiter {
  /** Asks for tokens (1 unless said), of which so many were granted before (none unless said). */
  take(key: string, cost?: number, paid?: number): Promise<Standing>;
  /** Puts back what was granted for something that turned out not to count. */
  giveBack(key: string, cost?: number): Promise<void>;
}
