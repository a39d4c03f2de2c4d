import type { Cache, CacheRule } from '@supergraph/platform/cache';
import type { Clock } from '@supergraph/platform/time';

import type { BillUnavailable } from '../domain/bill-inquiry.ts';
import { KosDidNotAnswer, type KosCall } from '../domain/kos-call.ts';
import type { KosAnswer, KosAsk } from '../domain/ports.ts';
import type { Absences } from './absences.ts';

/** What KOS said, and when. */
export interface Kept<T> {
  readonly value: T;
  readonly fetchedAt: Date;
}

/** What a look-up came to, and the calls to KOS that were made for this one alone. */
export type LookedUp<T> = { readonly calls: readonly KosCall[] } & (
  | { readonly kind: 'known'; readonly kept: Kept<T>; readonly isStale: boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable'; readonly outcome: BillUnavailable }
);

/** The last answer to each question, in our own database: losing the cache costs no call. */
export interface KeptAnswers<Question, T> {
  find(question: Question): Promise<Kept<T> | null>;
  keep(question: Question, kept: Kept<T>): Promise<void>;
  /** KOS no longer had it when it was asked. */
  forget(question: Question, askedAt: Date): Promise<void>;
}

export interface KosLookupEvents {
  /** The database could not be read or written; the answer does not depend on it. */
  readonly keptAnswersFailed: (error: unknown) => void;
}

/** `outgrown`: past its time in a way that its age does not show; it stands in only while KOS gives no answer. */
export type Verdict = 'fresh' | 'stale' | 'outgrown' | 'useless';

/**
 * Makes look-ups that go to cache, then database, then KOS, and back to the last known answer when KOS gives none. What
 * nears its end is renewed beside whoever looks.
 */
export function createKosLookup<Question extends KosAsk, T>(of: {
  readonly cache: Cache;
  readonly absences: Absences;
  readonly kept: KeptAnswers<Question, T>;
  readonly clock: Clock;
  readonly events: KosLookupEvents;
  readonly keyOf: (question: Question) => string;
  readonly ruleOf: (question: Question) => CacheRule;
  /** Whether what is kept in the database still answers, or still may while KOS gives no answer. */
  readonly judge: (kept: Kept<T>, now: Date) => Verdict;
  /** Whether a stale answer is given at once. */
  readonly takesStale: (question: Question) => boolean;
  readonly decode: (raw: unknown) => Kept<T>;
  readonly ask: (question: Question) => Promise<KosAnswer<T>>;
}): (question: Question) => Promise<LookedUp<T>> {
  const judge = (kept: Kept<T> | null) => (kept === null ? 'useless' : of.judge(kept, of.clock.now()));

  async function lastKnown(question: Question): Promise<Kept<T> | null> {
    try {
      return await of.kept.find(question);
    } catch (error) {
      of.events.keptAnswersFailed(error);
      return null;
    }
  }

  async function ask(question: Question, calls: KosCall[]): Promise<Kept<T | null>> {
    try {
      const { value, call } = await of.ask(question);
      calls.push(call);
      return { value, fetchedAt: call.requestedAt };
    } catch (error) {
      if (error instanceof KosDidNotAnswer) calls.push(error.call);
      throw error;
    }
  }

  async function load(question: Question, calls: KosCall[]): Promise<Kept<T> | null> {
    const last = await lastKnown(question);
    const verdict = judge(last);
    // The cache knows by its date that a stale one is stale, and has it renewed.
    if (verdict === 'fresh' || (verdict === 'stale' && of.takesStale(question))) return last;
    if (await of.absences.isKnown(of.keyOf(question))) return null;
    return await askAndKeep(question, calls);
  }

  async function askAndKeep(question: Question, calls: KosCall[]): Promise<Kept<T> | null> {
    const { value, fetchedAt } = await ask(question, calls);
    if (value === null) {
      await of.absences.remember(of.keyOf(question));
      await of.kept.forget(question, fetchedAt).catch(of.events.keptAnswersFailed);
      return null;
    }
    const asked = { value, fetchedAt };
    await of.kept.keep(question, asked).catch(of.events.keptAnswersFailed);
    return asked;
  }

  return async (question) => {
    const calls: KosCall[] = [];
    try {
      const { value: kept, isStale } = await of.cache.getOrLoad({
        key: of.keyOf(question),
        rule: of.ruleOf(question),
        decode: (raw) => (raw === null ? null : of.decode(raw)),
        fetchedAt: (answer) => answer?.fetchedAt,
        load: () => load(question, calls),
        renewal: {
          load: () => askAndKeep({ ...question, priority: 'background', deadline: null }, []),
          givesStale: of.takesStale(question),
        },
      });
      return kept === null ? { kind: 'absent', calls } : { kind: 'known', kept, isStale, calls };
    } catch (error) {
      if (!(error instanceof KosDidNotAnswer)) throw error;
      const last = await lastKnown(question);
      const verdict = judge(last);
      if (last === null || verdict === 'useless') return { kind: 'unavailable', outcome: error.outcome, calls };
      return { kind: 'known', kept: last, isStale: verdict !== 'fresh', calls };
    }
  };
}
