import { takeFrom, type Bucket, type BucketRule, type Standing } from './bucket.ts';
import type { Buckets } from './rate-limiter.ts';

/** What is granted to a key when there is no room to remember it without forgetting another that still counts. */
export type WhenFull = 'forget the other' | 'refuse';

/** How one process remembers buckets by itself. */
export interface LocalBucketsOptions {
  readonly rule: BucketRule;
  /** The most keys that are remembered at once. */
  readonly maxKeys: number;
  readonly whenFull: WhenFull;
  readonly nowMs: () => number;
}

/** Buckets of this process alone. */
export interface LocalBuckets extends Buckets {
  /** Takes what somebody else has granted, as far as it is there; a negative number puts some back. */
  charge(key: string, cost: number): void;
}

/** Makes buckets in the memory of this process: bounded, the least recently used forgotten first. */
export function createLocalBuckets({ rule, maxKeys, whenFull, nowMs }: LocalBucketsOptions): LocalBuckets {
  // in the order of their last use
  const buckets = new Map<string, Bucket>();

  const refusal: Standing = {
    isGranted: false,
    limit: rule.capacity,
    remaining: 0,
    retryAfterMs: rule.refillEveryMs,
    fullAfterMs: rule.refillEveryMs,
  };

  /** A bucket that is full by now may be forgotten: that changes nothing. */
  function hasRoomFor(key: string): boolean {
    if (buckets.size < maxKeys || buckets.has(key)) return true;
    const [oldest] = buckets;
    if (oldest === undefined) return false;
    const [oldestKey, bucket] = oldest;
    const isFull = takeFrom(bucket, rule, { cost: 0, paid: 0, nowMs: nowMs() }).standing.fullAfterMs === 0;
    if (!isFull && whenFull === 'refuse') return false;
    buckets.delete(oldestKey);
    return true;
  }

  function takeOrRefuse(key: string, cost: number, paid = 0): Standing {
    if (!hasRoomFor(key)) return refusal;
    const { bucket, standing } = takeFrom(buckets.get(key), rule, { cost, paid, nowMs: nowMs() });
    buckets.delete(key);
    buckets.set(key, bucket);
    return standing;
  }

  return {
    take: (key, cost, paid) => Promise.resolve(takeOrRefuse(key, cost, paid)),
    charge: (key, cost) => {
      const { isGranted, remaining } = takeOrRefuse(key, cost);
      if (!isGranted && remaining > 0) takeOrRefuse(key, remaining);
    },
  };
}
