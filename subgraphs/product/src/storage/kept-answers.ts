import type { Cache, CacheRule } from '@supergraph/platform/cache';
import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';
import type { Clock } from '@supergraph/platform/time';
import { z } from 'zod';

import type { Known } from '../domain/freshness.ts';
import type { ProductDatabase } from './product-database.ts';

/** One question to KOS whose answers are kept. The name holds opaque ids only. */
export interface KeptQuestion<T> {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly rule: CacheRule;
  readonly decode: (raw: unknown) => T;
  /** Throws KosUnavailable. */
  readonly ask: () => Promise<T>;
  /** The same when nobody waits, with the least claim on KOS. */
  readonly askInBackground: () => Promise<T>;
}

export type ReadKept = <T>(question: KeptQuestion<T>) => Promise<Known<T>>;

interface Kept<T> {
  readonly answer: T;
  readonly fetchedAt: Date;
  /** Found in the database, not asked of KOS just now. */
  readonly isFound: boolean;
}

const envelope = z.object({ answer: z.unknown(), fetchedAt: z.iso.datetime(), isFound: z.boolean() });

const placeOf = (row: string) => fieldPlace({ table: 'kept_answer', row, column: 'sealed_answer' });

/**
 * Reads through the cache, behind it through the database, and only then asks KOS: losing every cache costs no call. An
 * answer near its end is renewed beside its readers; past it, it stands in, marked stale, until the rule ends it.
 */
export function createReadKept(deps: {
  readonly cache: Cache;
  readonly database: ProductDatabase;
  readonly cipher: FieldCipher;
  readonly clock: Clock;
  /** Told when the database could not serve; the answer then comes from KOS alone. */
  readonly onStorageFailure: (error: unknown) => void;
}): ReadKept {
  const { cache, database, cipher, clock, onStorageFailure } = deps;

  const ageMs = ({ fetchedAt }: { readonly fetchedAt: Date }): number => clock.now().getTime() - fetchedAt.getTime();

  async function unlessStorageFails<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      onStorageFailure(error);
      return null;
    }
  }

  const find = <T>({ name, decode }: KeptQuestion<T>): Promise<Kept<T> | null> =>
    unlessStorageFails(async () => {
      const row = await database.keptAnswer.findUnique({ where: { question: name } });
      if (row === null) return null;
      const answer = decode(JSON.parse(cipher.open(row.sealedAnswer, placeOf(name))));
      return { answer, fetchedAt: row.fetchedAt, isFound: true };
    });

  const keep = (name: string, { answer, fetchedAt }: Kept<unknown>) =>
    unlessStorageFails(async () => {
      const row = { question: name };
      const kept = { sealedAnswer: cipher.seal(JSON.stringify(answer), placeOf(name)), fetchedAt };
      const { count } = await database.keptAnswer.createMany({ data: { ...row, ...kept }, skipDuplicates: true });
      // An answer that was long on its way does not take the place of one that was asked for after it.
      if (count === 0)
        await database.keptAnswer.updateMany({ where: { ...row, fetchedAt: { lte: fetchedAt } }, data: kept });
    });

  async function askAndKeep<T>({ name }: KeptQuestion<T>, ask: () => Promise<T>): Promise<Kept<T>> {
    const fetchedAt = clock.now();
    const asked = { answer: await ask(), fetchedAt, isFound: false };
    await keep(name, asked);
    return asked;
  }

  /** What was found may be old: the cache knows by when it was fetched, and renews it. */
  async function load<T>(question: KeptQuestion<T>): Promise<Kept<T>> {
    const { freshMs, staleMs } = question.rule;
    const found = await find(question);
    return found !== null && ageMs(found) <= freshMs + staleMs ? found : await askAndKeep(question, question.ask);
  }

  return async <T>(question: KeptQuestion<T>) => {
    const { value, isStale, source } = await cache.getOrLoad<Kept<T>>({
      key: question.name,
      ...(question.tags && { tags: question.tags }),
      rule: question.rule,
      decode: (raw) => {
        const { answer, fetchedAt, isFound } = envelope.parse(raw);
        return { answer: question.decode(answer), fetchedAt: new Date(fetchedAt), isFound };
      },
      fetchedAt: ({ fetchedAt }) => fetchedAt,
      load: () => load(question),
      renewal: { load: () => askAndKeep(question, question.askInBackground), givesStale: true },
    });
    const isFromKos = source === 'UPSTREAM' && !value.isFound;
    return {
      value: value.answer,
      freshness: { fetchedAt: value.fetchedAt, isStale, source: isFromKos ? 'KOS' : 'CACHE' },
    };
  };
}
