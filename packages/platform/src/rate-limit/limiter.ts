import type { Redis } from 'ioredis';

import { shareOf, type BucketRule } from './bucket.ts';
import { createLocalBuckets, type WhenFull } from './local-buckets.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createRedisBuckets } from './redis-buckets.ts';
import type { SharedStore } from './shared-store.ts';

const usualMaxKeys = 20_000;

/** How much is granted to each key, and where that is remembered. */
export interface RateLimiterOptions {
  readonly rule: BucketRule;
  /** Names the rule among all that are kept in the same place. */
  readonly name: string;
  /** Where all instances remember together; without it each remembers its own share. */
  readonly shared?: { readonly redis: Redis; readonly store: SharedStore; readonly prefix: string } | undefined;
  /** The largest number of processes that grant at the same time (default 1). */
  readonly instances?: number;
  /** The most keys that this process remembers (default 20,000), and what becomes of one more. */
  readonly maxKeys?: number;
  readonly whenFull?: WhenFull;
  readonly nowMs: () => number;
}

/**
 * Makes a rate limiter: buckets in Redis while it answers, an equal share of the rule in this process while it does not,
 * less what this process was granted before. What is granted here meanwhile is not told to Redis afterwards.
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { rule, name, shared, instances = 1, nowMs } = options;
  const { maxKeys = usualMaxKeys, whenFull = 'forget the other' } = options;
  const own = createLocalBuckets({ rule: shareOf(rule, instances), maxKeys, whenFull, nowMs });
  const common = shared && createRedisBuckets({ ...shared, rule, prefix: `${shared.prefix}:${name}` });

  const take: RateLimiter['take'] = async (key, cost = 1, paid = 0) => {
    const told = common && (await shared.store.attempt(() => common.take(key, cost, paid)));
    if (told === undefined) return await own.take(key, cost, paid);
    if (told.isGranted) own.charge(key, cost - paid);
    return told;
  };
  return {
    take,
    giveBack: async (key, cost = 1) => {
      await take(key, -cost);
    },
  };
}
