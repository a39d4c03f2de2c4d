import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { connectRedis, createCache, type Cache, type CacheEvents, type CacheOptions } from '@supergraph/platform/cache';

/** One instance of a service's cache, on connections of its own. */
export interface OpenCache {
  readonly cache: Cache;
  readonly redis: ReturnType<typeof connectRedis>;
  /** The facts told so far, by name. */
  readonly told: (keyof CacheEvents)[];
  close(): Promise<void>;
}

type Wishes = Pick<CacheOptions, 'clock' | 'random'> & Partial<CacheOptions>;

/** Opens a cache over the Redis at the address and waits until it is connected and hears invalidations. */
export async function openCache(url: string, wishes: Wishes): Promise<OpenCache> {
  // A machine that runs many suites at once is slow, not broken.
  const opened = openCacheAnyway(url, wishes, { commandTimeoutMs: 5_000 });
  while (!opened.told.includes('sharedTierUp') || !opened.told.includes('memoryFlushed')) await nextTurn();
  return opened;
}

/** Opens a cache without waiting, whether there is a Redis at the address or not. */
export function openCacheAnyway(
  url: string,
  wishes: Wishes,
  deadline?: { readonly commandTimeoutMs: number },
): OpenCache {
  const redis = connectRedis({ url, ...deadline });
  const told: (keyof CacheEvents)[] = [];
  const tell = (fact: keyof CacheEvents) => () => {
    told.push(fact);
  };
  const cache = createCache({
    prefix: `test:${randomUUID()}`,
    memory: { maxEntries: 1_000 },
    timing: { retryMs: 20 },
    ...wishes,
    shared: redis,
    events: {
      loadFailed: tell('loadFailed'),
      memoryFlushed: tell('memoryFlushed'),
      sharedEntryIgnored: tell('sharedEntryIgnored'),
      sharedTierDown: tell('sharedTierDown'),
      sharedTierUp() {
        told.push('sharedTierUp');
        wishes.events?.sharedTierUp?.();
      },
      sharedWriteRefused: tell('sharedWriteRefused'),
    },
  });
  return {
    cache,
    redis,
    told,
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
}
