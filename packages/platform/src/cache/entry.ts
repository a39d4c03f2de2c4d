import type { CacheRead, CacheRule } from './cache.ts';

/** From this part of its life on, a fresh answer is renewed beside its readers. */
const RENEWED_FROM = 0.8;

/** One remembered answer. `value` is frozen JSON and leaves the cache only through a reader's `decode`. */
export interface Entry {
  readonly key: string;
  /** Every name under which the entry can be invalidated: its key and its tags. */
  readonly names: readonly string[];
  readonly fetchedAtMs: number;
  /** The jitter: which part of `freshMs` this entry lives, so that entries made together do not expire together. */
  readonly freshShare: number;
  readonly value: unknown;
}

const MAX_JITTER = 0.1;

/** Draws a life between 90 % and 100 % of the rule, never longer than the rule promised. */
export const drawFreshShare = (random: () => number): number => 1 - MAX_JITTER * random();

/** A key and a tag of the same text have different names. */
export const keyName = (key: string): string => `key:${key}`;
export const tagName = (tag: string): string => `tag:${tag}`;

/** All names of what the read will keep. */
export const namesOf = (read: Pick<CacheRead<unknown>, 'key' | 'tags'>): readonly string[] => [
  keyName(read.key),
  ...(read.tags ?? []).map(tagName),
];

/** Whether something of these names is invalidated with those. */
export const isTouched = (names: readonly string[], invalidated: readonly string[]): boolean =>
  invalidated.some((name) => names.includes(name));

/** Negative for an entry of a clock that runs ahead of ours, which makes it a new one. */
const ageMs = (entry: Entry, now: Date): number => now.getTime() - entry.fetchedAtMs;

/** Whether the entry answers without asking the upstream. */
export const isFresh = (entry: Entry, rule: CacheRule, now: Date): boolean =>
  ageMs(entry, now) < rule.freshMs * entry.freshShare;

/** Whether the entry is fresh for a while yet, so that nothing need be done about it. */
export const isYoung = (entry: Entry, rule: CacheRule, now: Date): boolean =>
  ageMs(entry, now) < rule.freshMs * entry.freshShare * RENEWED_FROM;

/** Whether the entry has outlived what the rule promised; jitter lets it be asked for earlier, but not called old. */
export const isPastTime = (entry: Entry, rule: CacheRule, now: Date): boolean => ageMs(entry, now) >= rule.freshMs;

/** Whether a reader is given the entry at once. */
export const isGiven = (entry: Entry, { rule, renewal }: GivingRead, now: Date): boolean =>
  renewal?.givesStale === true ? isUsable(entry, rule, now) : isFresh(entry, rule, now);
type GivingRead = Pick<CacheRead<unknown>, 'rule' | 'renewal'>;

/** Whether the entry may stand in for an upstream that fails. */
export const isUsable = (entry: Entry, rule: CacheRule, now: Date): boolean => ageMs(entry, now) <= lifeMs(rule);

/** The longest time an entry can be of any use. */
export const lifeMs = (rule: CacheRule): number => rule.freshMs + rule.staleMs;

/** Parses JSON into values nobody can change, since several readers will be shown the same ones. */
export const parseFrozen = (json: string): unknown => JSON.parse(json, (_, value: unknown) => Object.freeze(value));
