import { LRUCache } from 'lru-cache';

import { SECOND_MS, type Clock } from '../time/index.ts';
import type { CacheEvents } from './cache-events.ts';
import type { CacheRead } from './cache.ts';
import { isGiven, isYoung, namesOf, type Entry } from './entry.ts';
import { createSingleFlight, type Flight } from './single-flight.ts';

/** Renews answers beside their readers. */
export interface Renewals {
  /** To be told of what a reader is given: begins a renewal when it is time, and never keeps anybody waiting. */
  consider<T>(read: CacheRead<T>, entry: Entry): void;
  outdate(names: readonly string[]): void;
  outdateAll(): void;
  close(): void;
}

/** How long a renewal is not tried again, in milliseconds, and until when. */
interface Rest {
  readonly ms: number;
  readonly endsAtMs: number;
}

/** What a renewal came to; `elsewhere`: another instance is at it. */
export type Renewed = 'renewed' | 'not needed' | 'elsewhere';

/** Renewals queue where readers do, so only few may stand there. */
const MOST_AT_ONCE = 2;
const MOST_RESTING = 10_000;
/** What refuses a renewal (circuit, quota) does so cheaply; soon after it no longer does, the answer is to be new. */
const REST_AFTER_FAILURE_MS = 2 * SECOND_MS;
const REST_WHILE_ELSEWHERE_MS = SECOND_MS;

/** Makes the renewals of one process. */
export function createRenewals(by: {
  readonly clock: Clock;
  readonly events: Partial<CacheEvents>;
  readonly renew: <T>(read: CacheRead<T>, load: CacheRead<T>['load'], flight: Flight) => Promise<Renewed>;
}): Renewals {
  const { clock, events, renew } = by;
  const flights = createSingleFlight<Renewed>();
  const rests = new LRUCache<string, Rest>({ max: MOST_RESTING });
  const underWay = new Set<string>();

  function rest(key: string, ms: number): void {
    rests.set(key, { ms, endsAtMs: clock.now().getTime() + ms });
  }

  /** More than a whole rest is left only where the clock was set back: then it is over. */
  function isResting(key: string, now: Date): boolean {
    const { ms, endsAtMs } = rests.get(key) ?? { ms: 0, endsAtMs: 0 };
    const leftMs = endsAtMs - now.getTime();
    return leftMs > 0 && leftMs <= ms;
  }

  async function begin<T>(read: CacheRead<T>, load: CacheRead<T>['load']): Promise<void> {
    const { key } = read;
    underWay.add(key);
    try {
      const outcome = await flights.join({ key, names: namesOf(read) }, (flight) => renew(read, load, flight));
      if (outcome === 'elsewhere') rest(key, REST_WHILE_ELSEWHERE_MS);
      if (outcome === 'renewed') events.renewed?.({ key });
    } catch (error) {
      rest(key, REST_AFTER_FAILURE_MS);
      events.renewalFailed?.({ key, error });
    } finally {
      underWay.delete(key);
    }
  }

  return {
    consider(read, entry) {
      const now = clock.now();
      if (read.renewal === undefined || isYoung(entry, read.rule, now) || !isGiven(entry, read, now)) return;
      if (isResting(read.key, now) || underWay.has(read.key) || underWay.size >= MOST_AT_ONCE) return;
      void begin(read, read.renewal.load);
    },
    outdate: (names) => {
      flights.outdate(names);
    },
    outdateAll: () => {
      flights.outdateAll();
    },
    close: () => {
      flights.close();
    },
  };
}
