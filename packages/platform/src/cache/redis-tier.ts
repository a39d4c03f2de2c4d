import { isDeepStrictEqual } from 'node:util';

import type { Redis } from 'ioredis';

import type { FieldCipher } from '../encryption/index.ts';
import { DAY_MS } from '../time/index.ts';
import type { CacheEvents } from './cache-events.ts';
import { createDebts } from './debts.ts';
import type { Entry } from './entry.ts';
import { unwrap, wrap, type Envelope, type Marks } from './envelope.ts';
import { createInvalidationBus } from './invalidation-bus.ts';
import { createReachability } from './reachability.ts';

/** What Redis knows of a key: its valid entry, if any, and the marks to keep a new one with. */
export interface Finding {
  readonly entry: Entry | undefined;
  readonly marks: Marks | undefined;
}

/** The entries all instances share. Nothing here rejects, or takes much longer than the deadlines of its commands. */
export interface RedisTier {
  /** Undefined when Redis is away, or is still owed an invalidation of this key. */
  find(key: string, names: readonly string[]): Promise<Finding | undefined>;
  keep(envelope: Envelope, lifeMs: number): Promise<void>;
  /** Whether this instance alone may renew the key, for so long; undefined when Redis cannot tell. */
  claimRenewal(key: string, leaseMs: number): Promise<boolean | undefined>;
  releaseRenewal(key: string): Promise<void>;
  /** Erases the marks and tells the other instances; owed, and paid later, when Redis is away. */
  invalidate(names: readonly string[]): Promise<void>;
  close(): void;
}

/** Longer than entries usually live: a mark that runs out costs a load. */
const MARK_LIFE_MS = 14 * DAY_MS;

/** What the tier works with, and whom it tells. */
export interface RedisTierOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly newId: () => string;
  readonly timing: SharedTiming;
  readonly events: Partial<CacheEvents>;
  readonly cipher: FieldCipher | undefined;
  /** Another instance invalidated these names. */
  readonly onInvalidated: (names: readonly string[]) => void;
  /** From now on invalidations are heard; those of before may have been missed. */
  readonly onListening: () => void;
}

/** How often a Redis that is away is tried again, and a silent one is checked for life. */
export interface SharedTiming {
  readonly retryMs: number;
  readonly heartbeatMs: number;
}

/** Makes the tier over a client, with a bus between the instances beside it. */
export function createRedisTier(on: RedisTierOptions): RedisTier {
  const { redis, events, cipher } = on;
  const debts = createDebts();
  const bus = createInvalidationBus({
    ...on,
    channel: `${on.prefix}:invalidated`,
    instanceId: on.newId(),
    heartbeatMs: on.timing.heartbeatMs,
  });
  const reach = createReachability({
    redis,
    events,
    retryMs: on.timing.retryMs,
    onUp: () => void reach.attempt(payDebts),
  });

  const valueAddress = (key: string) => `${on.prefix}:value:${key}`;
  const leaseAddress = (key: string) => `${on.prefix}:renewal:${key}`;
  const markAddress = (name: string) => `${on.prefix}:mark:${name}`;

  async function look(key: string, names: readonly string[]): Promise<Finding> {
    const [text, ...tokens] = await Promise.all([
      redis.get(valueAddress(key)),
      ...names.map((name) => redis.get(markAddress(name))),
    ]);
    const marks = toMarks(names, tokens);
    const envelope = text === null ? undefined : read(text, key);
    if (marks !== undefined && isDeepStrictEqual(envelope?.marks, marks)) return { entry: envelope?.entry, marks };
    return { entry: undefined, marks: marks ?? toMarks(names, await Promise.all(names.map(claimMark))) };
  }

  function read(text: string, key: string): Envelope | undefined {
    const envelope = unwrap(text, valueAddress(key), cipher);
    if (envelope?.entry.key === key) return envelope;
    events.sharedEntryIgnored?.({ key, reason: envelope === undefined ? 'unreadable' : 'foreign' });
    return undefined;
  }

  /** Sets a mark where none stands; whoever is first wins and all go on with the winner's. */
  async function claimMark(name: string): Promise<string | null> {
    const address = markAddress(name);
    const claim = redis.set(address, on.newId(), 'PX', MARK_LIFE_MS, 'NX');
    const [, standing] = await Promise.all([unlessRefused(claim), redis.get(address)]);
    return standing;
  }

  /** Memory full and read-only replica are answers, not outages: reads still work. */
  async function unlessRefused(write: Promise<unknown>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ReplyError')) throw error;
      events.sharedWriteRefused?.({ error });
    }
  }

  const payDebts = () =>
    debts.settle(async (names) => {
      await Promise.all(names.map((name) => redis.del(markAddress(name))));
      await bus.announce(names);
    });

  return {
    find: async (key, names) => (debts.isOwed(names) ? undefined : await reach.attempt(() => look(key, names))),
    async keep(envelope, lifeMs) {
      const address = valueAddress(envelope.entry.key);
      const text = wrap(envelope, address, cipher);
      await reach.attempt(() => unlessRefused(redis.set(address, text, 'PX', Math.ceil(lifeMs))));
    },
    claimRenewal: (key, leaseMs) =>
      reach.attempt(async () => (await redis.set(leaseAddress(key), '1', 'PX', leaseMs, 'NX')) === 'OK'),
    async releaseRenewal(key) {
      await reach.attempt(() => redis.del(leaseAddress(key)));
    },
    async invalidate(names) {
      debts.owe(names);
      await reach.attempt(payDebts);
    },
    close() {
      reach.close();
      bus.close();
    },
  };
}

/** Undefined unless every name has its token. */
function toMarks(names: readonly string[], tokens: readonly (string | null)[]): Marks | undefined {
  const marks = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const token = tokens[index] ?? null;
    if (token === null) return undefined;
    marks.set(name, token);
  }
  return Object.fromEntries(marks);
}
