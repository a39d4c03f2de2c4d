import { randomUUID } from 'node:crypto';

import type { Redis } from 'ioredis';

import type { FieldCipher } from '../encryption/index.ts';
import { SECOND_MS, type Clock } from '../time/index.ts';
import type { CacheEvents } from './cache-events.ts';
import type { Cache, Cached, CacheRead } from './cache.ts';
import { isGiven, isPastTime, keyName, namesOf, tagName } from './entry.ts';
import { createMemoryTier } from './memory-tier.ts';
import { createRedisTier, type SharedTiming } from './redis-tier.ts';
import { createRefresh, type Landing } from './refresh.ts';
import { createRenewals } from './renewals.ts';
import { createSingleFlight } from './single-flight.ts';

/** What a cache is made of; without `shared` it lives in this process alone. */
export interface CacheOptions {
  readonly clock: Clock;
  /** Answers from 0 up to 1, for the jitter. */
  readonly random: () => number;
  /** Keeps apart the services, environments and versions that share one Redis. */
  readonly prefix: string;
  readonly memory: { readonly maxEntries: number };
  /** A client made by `connectRedis`; its owner closes it, after the cache. */
  readonly shared?: Redis | undefined;
  /** Seals what is kept in Redis, bound to its key. */
  readonly cipher?: FieldCipher | undefined;
  readonly events?: Partial<CacheEvents>;
  readonly newId?: () => string;
  readonly timing?: Partial<SharedTiming>;
}

const usualTiming: SharedTiming = { retryMs: SECOND_MS, heartbeatMs: 10 * SECOND_MS };

/** Makes a cache in memory, over Redis when there is one. */
export function createCache(options: CacheOptions): Cache {
  const { clock, events = {} } = options;
  const memory = createMemoryTier(options.memory);
  const flights = createSingleFlight<Landing>();
  const shared =
    options.shared &&
    createRedisTier({
      redis: options.shared,
      prefix: options.prefix,
      cipher: options.cipher,
      newId: options.newId ?? randomUUID,
      timing: { ...usualTiming, ...options.timing },
      events,
      onInvalidated: forget,
      onListening() {
        memory.clear();
        flights.outdateAll();
        renewals.outdateAll();
        events.memoryFlushed?.();
      },
    });
  const { refresh, renew } = createRefresh({ clock, random: options.random, memory, shared, events, invalidate });
  const renewals = createRenewals({ clock, events, renew });

  function forget(names: readonly string[]): void {
    memory.drop(names);
    flights.outdate(names);
    renewals.outdate(names);
  }

  async function invalidate(names: readonly string[]): Promise<void> {
    // Here first: from now on Redis is not asked for these names, so nothing old can come back meanwhile.
    forget(names);
    await shared?.invalidate(names);
  }

  async function land<T>(read: CacheRead<T>): Promise<Landing> {
    const { key, rule } = read;
    const held = memory.find(key);
    const now = clock.now();
    if (held !== undefined && isGiven(held, read, now))
      return { entry: held, isStale: isPastTime(held, rule, now), source: 'MEMORY' };
    return await flights.join({ key, names: namesOf(read) }, (flight) => refresh(read, flight));
  }

  function tell({ entry: { key }, isStale, source }: Landing): void {
    if (isStale) events.stale?.({ key, source });
    else if (source === 'UPSTREAM') events.miss?.({ key });
    else events.hit?.({ key, source });
  }

  return {
    async getOrLoad<T>(read: CacheRead<T>): Promise<Cached<T>> {
      const landing = await land(read);
      tell(landing);
      renewals.consider(read, landing.entry);
      const { entry, isStale, source } = landing;
      return { value: read.decode(entry.value), fetchedAt: new Date(entry.fetchedAtMs), isStale, source };
    },
    invalidate: (key) => invalidate([keyName(key)]),
    invalidateTag: (tag) => invalidate([tagName(tag)]),
    close() {
      flights.close();
      renewals.close();
      shared?.close();
      return Promise.resolve();
    },
  };
}
