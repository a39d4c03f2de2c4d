import { SECOND_MS, type Clock } from '../time/index.ts';
import type { CacheEvents } from './cache-events.ts';
import type { CacheRead, CacheRule, CacheSource } from './cache.ts';
import {
  drawFreshShare,
  isGiven,
  isPastTime,
  isUsable,
  isYoung,
  keyName,
  lifeMs,
  namesOf,
  parseFrozen,
  type Entry,
} from './entry.ts';
import type { MemoryTier } from './memory-tier.ts';
import type { Finding, RedisTier } from './redis-tier.ts';
import type { Renewed } from './renewals.ts';
import type { Flight } from './single-flight.ts';

/** An entry and how it was come by. */
export interface Landing {
  readonly entry: Entry;
  readonly isStale: boolean;
  readonly source: CacheSource;
}

type KeyAndDecode = Pick<CacheRead<unknown>, 'key' | 'decode'>;

/** What flights do. */
export interface Refresh {
  /** Looks in Redis, else loads and keeps, else falls back on the last known entry. */
  readonly refresh: <T>(read: CacheRead<T>, flight: Flight) => Promise<Landing>;
  /** Looks in Redis, else loads and keeps, unless another instance does. */
  readonly renew: <T>(read: CacheRead<T>, load: CacheRead<T>['load'], flight: Flight) => Promise<Renewed>;
}

/** Longer than a load takes; whoever renews lets go of it, unless the process dies. */
const RENEWAL_LEASE_MS = 10 * SECOND_MS;

export function createRefresh(from: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: MemoryTier;
  readonly shared: RedisTier | undefined;
  readonly events: Partial<CacheEvents>;
  readonly invalidate: (names: readonly string[]) => Promise<void>;
}): Refresh {
  const { clock, memory, shared, events, invalidate } = from;

  async function look<T>(read: CacheRead<T>, flight: Flight) {
    const found = await shared?.find(read.key, namesOf(read));
    const known = chooseKnown(read, found);
    if (known?.source === 'SHARED' && flight.isCurrent()) memory.keep(known.entry);
    return { found, known };
  }

  async function refresh<T>(read: CacheRead<T>, flight: Flight): Promise<Landing> {
    const { key, rule } = read;
    const { found, known } = await look(read, flight);
    const now = clock.now();
    if (known !== undefined && isGiven(known.entry, read, now))
      return { ...known, isStale: isPastTime(known.entry, rule, now) };

    let landing: Landing;
    try {
      landing = await load(read, flight.signal);
    } catch (error) {
      events.loadFailed?.({ key, error });
      if (known === undefined || !isUsable(known.entry, rule, clock.now())) throw error;
      return { ...known, isStale: true };
    }
    if (flight.isCurrent()) await keep(landing.entry, rule, found);
    return landing;
  }

  async function renew<T>(read: CacheRead<T>, renewingLoad: CacheRead<T>['load'], flight: Flight): Promise<Renewed> {
    const { key, rule } = read;
    const { found, known } = await look(read, flight);
    if (known !== undefined && isYoung(known.entry, rule, clock.now())) return 'not needed';
    if ((await shared?.claimRenewal(key, RENEWAL_LEASE_MS)) === false) return 'elsewhere';

    try {
      const { entry } = await load({ ...read, load: renewingLoad }, flight.signal);
      if (isNothing(entry.value)) await invalidate([keyName(key)]);
      else if (flight.isCurrent()) await keep(entry, rule, found);
      return 'renewed';
    } finally {
      // Nobody waits for that: it lapses by itself.
      void shared?.releaseRenewal(key);
    }
  }

  function chooseKnown(read: KeyAndDecode, found: Finding | undefined): Omit<Landing, 'isStale'> | undefined {
    const held = memory.find(read.key);
    const entry = found?.entry;
    const heldSinceMs = held?.fetchedAtMs ?? Number.NEGATIVE_INFINITY;
    if (entry !== undefined && entry.fetchedAtMs > heldSinceMs && isReadable(read, entry))
      return { entry, source: 'SHARED' };
    return held && { entry: held, source: 'MEMORY' };
  }

  function isReadable(read: KeyAndDecode, entry: Entry): boolean {
    try {
      read.decode(entry.value);
      return true;
    } catch {
      events.sharedEntryIgnored?.({ key: read.key, reason: 'unreadable' });
      return false;
    }
  }

  async function load<T>(read: CacheRead<T>, signal: AbortSignal): Promise<Landing> {
    signal.throwIfAborted();
    // The answer is true for some moment after the question, so its age counts from there.
    const askedAt = clock.now();
    const answer = await read.load(signal);
    const fetchedAt = read.fetchedAt?.(answer) ?? askedAt;
    const value = throughJson(answer);
    // An answer its own decode refuses would only be found out by the second reader, and only where there is Redis.
    read.decode(value);
    const entry = {
      key: read.key,
      names: namesOf(read),
      fetchedAtMs: fetchedAt.getTime(),
      freshShare: drawFreshShare(from.random),
      value,
    };
    // However long the load took, its own answer is not old; one that it found somewhere may be.
    const isStale = fetchedAt < askedAt && isPastTime(entry, read.rule, askedAt);
    return { entry, isStale, source: 'UPSTREAM' };
  }

  async function keep(entry: Entry, rule: CacheRule, found: Finding | undefined): Promise<void> {
    if (isNothing(entry.value)) return;
    memory.keep(entry);
    if (found?.marks !== undefined) await shared?.keep({ entry, marks: found.marks }, lifeMs(rule));
  }

  return { refresh, renew };
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

const throughJson = (value: unknown): unknown => (value === undefined ? value : parseFrozen(JSON.stringify(value)));
