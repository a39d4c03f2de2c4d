import type { Standing } from './bucket.ts';

/** Buckets by key, all of one rule. */
export interface Buckets {
  /** Takes tokens out of the bucket of a key, all or none; a negative number puts some back. */
  take(key: string, cost: number): Promise<Standing>;
}

/** Bounds how much is granted to each key. Neither way ever rejects, nor waits longer for Redis than it may. */
export interface RateLimiter {
  /** Asks for tokens (1 unless said). */
  take(key: string, cost?: number): Promise<Standing>;
  /** Puts back what was granted for something that turned out not to count. */
  giveBack(key: string, cost?: number): Promise<void>;
}
