import type { Clock } from '../time/index.ts';
import type { CacheEvents } from './cache-events.ts';
import type { CacheRead, CacheRule, CacheSource } from './cache.ts';
import { drawFreshShare, isFresh, isUsable, lifeMs, namesOf, parseFrozen, type Entry } from './entry.ts';
import type { MemoryTier } from './memory-tier.ts';
import type { Finding, RedisTier } from './redis-tier.ts';
import type { Flight } from './single-flight.ts';

/** An entry and how it was come by. */
export interface Landing {
  readonly entry: Entry;
  readonly isStale: boolean;
  readonly source: CacheSource;
}

type KeyAndDecode = Pick<CacheRead<unknown>, 'key' | 'decode'>;

/** Makes what a flight does: look in Redis, else load and keep, else fall back on the last known entry. */
export function createRefresh(from: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: MemoryTier;
  readonly shared: RedisTier | undefined;
  readonly events: Partial<CacheEvents>;
}): <T>(read: CacheRead<T>, flight: Flight) => Promise<Landing> {
  const { clock, memory, shared, events } = from;

  async function refresh<T>(read: CacheRead<T>, flight: Flight): Promise<Landing> {
    const found = await shared?.find(read.key, namesOf(read));
    const known = chooseKnown(read, found);
    if (known?.source === 'SHARED' && flight.isCurrent()) memory.keep(known.entry);
    if (known !== undefined && isFresh(known.entry, read.rule, clock.now())) return { ...known, isStale: false };

    let entry: Entry;
    try {
      entry = await load(read, flight.signal);
    } catch (error) {
      events.loadFailed?.({ key: read.key, error });
      if (known === undefined || !isUsable(known.entry, read.rule, clock.now())) throw error;
      return { ...known, isStale: true };
    }
    if (flight.isCurrent()) await keep(entry, read.rule, found);
    return { entry, isStale: false, source: 'UPSTREAM' };
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

  async function load<T>(read: CacheRead<T>, signal: AbortSignal): Promise<Entry> {
    signal.throwIfAborted();
    // The answer is true for some moment after the question, so its age counts from there.
    const askedAt = clock.now();
    const answer = await read.load(signal);
    const fetchedAt = read.fetchedAt?.(answer) ?? askedAt;
    const value = throughJson(answer);
    // An answer its own decode refuses would only be found out by the second reader, and only where there is Redis.
    read.decode(value);
    return {
      key: read.key,
      names: namesOf(read),
      fetchedAtMs: fetchedAt.getTime(),
      freshShare: drawFreshShare(from.random),
      value,
    };
  }

  async function keep(entry: Entry, rule: CacheRule, found: Finding | undefined): Promise<void> {
    if (entry.value === null || entry.value === undefined) return;
    memory.keep(entry);
    if (found?.marks !== undefined) await shared?.keep({ entry, marks: found.marks }, lifeMs(rule));
  }

  return refresh;
}

const throughJson = (value: unknown): unknown => (value === undefined ? value : parseFrozen(JSON.stringify(value)));
