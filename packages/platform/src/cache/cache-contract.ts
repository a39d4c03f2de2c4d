import { beforeAll, afterAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';

import { createManualClock } from '../testing/index.ts';
import { HOUR_MS, MINUTE_MS, type Clock } from '../time/index.ts';
import { itKeepsItsWord, type CachesUnderTest } from './cache-properties.ts';
import { aGate, eventually } from './eventually.ts';
import { itRenewsBesideReaders } from './renewal-contract.ts';

/** What the suite controls. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
}

const billSchema = z.object({ line: z.string(), version: z.number() });
type Bill = z.infer<typeof billSchema>;
const decodeBill = (raw: unknown): Bill => billSchema.parse(raw);
const decodeNothing = (raw: unknown) => z.null().or(z.undefined()).parse(raw);
const rule = { freshMs: HOUR_MS, staleMs: 24 * HOUR_MS };

/** A bill whose version the upstream counts up with each load. */
function aBillRead(line: string) {
  let version = 0;
  const load = jest.fn((_signal: AbortSignal): Promise<Bill> => Promise.resolve({ line, version: ++version }));
  const read = { key: `bill:${line}`, tags: [`line:${line}`], rule, decode: decodeBill, load };
  return { read, load };
}

/** The sentences every cache must fulfil, alone in a process or as many over one Redis. */
export function describeCacheContract(
  name: string,
  open: (surroundings: Surroundings) => Promise<CachesUnderTest>,
): void {
  describe(`The cache ${name}`, () => {
    const clock = createManualClock('2026-09-01T00:00:00Z');
    let chance = 0;
    let caches: CachesUnderTest;
    let lines = 0;
    const aLine = () => `ln_${++lines}`;

    beforeAll(async () => {
      caches = await open({ clock, random: () => chance });
    });
    afterAll(async () => {
      await caches.close();
    });

    describe('answering', () => {
      it('loads once and then answers from what it kept, everywhere', async () => {
        const { read, load } = aBillRead(aLine());
        const loadedAt = clock.now();
        expect(await caches.first.getOrLoad(read)).toEqual({
          value: { line: read.tags[0]?.slice(5), version: 1 },
          fetchedAt: loadedAt,
          isStale: false,
          source: 'UPSTREAM',
        });
        clock.advance(MINUTE_MS);
        for (const cache of [caches.first, caches.last]) {
          const again = await cache.getOrLoad(read);
          expect(again).toMatchObject({ value: { version: 1 }, fetchedAt: loadedAt, isStale: false });
          expect(again.source).not.toBe('UPSTREAM');
        }
        expect(load).toHaveBeenCalledTimes(1);
      });

      it('loads again when the answer is no longer fresh', async () => {
        const { read } = aBillRead(aLine());
        await caches.first.getOrLoad(read);
        clock.advance(rule.freshMs - 1);
        expect((await caches.last.getOrLoad(read)).value.version).toBe(1);
        clock.advance(1);
        expect(await caches.last.getOrLoad(read)).toMatchObject({ value: { version: 2 }, source: 'UPSTREAM' });
      });

      it('counts the age of an answer from when it was true, if the load knows better', async () => {
        const { read } = aBillRead(aLine());
        const fetchedAt = new Date(clock.now().getTime() - 40 * MINUTE_MS);
        const found = { ...read, fetchedAt: ({ version }: Bill) => (version === 1 ? fetchedAt : undefined) };
        expect((await caches.first.getOrLoad(found)).fetchedAt).toEqual(fetchedAt);
        clock.advance(20 * MINUTE_MS);
        expect(await caches.last.getOrLoad(found)).toMatchObject({ value: { version: 2 }, fetchedAt: clock.now() });
      });

      it('lets answers expire up to a tenth early, never late', async () => {
        chance = 1;
        const { read } = aBillRead(aLine());
        await caches.first.getOrLoad(read);
        chance = 0;
        clock.advance(0.9 * rule.freshMs - 1);
        expect((await caches.last.getOrLoad(read)).value.version).toBe(1);
        clock.advance(1);
        expect((await caches.last.getOrLoad(read)).value.version).toBe(2);
      });

      it('gives each reader a copy of its own', async () => {
        const { read } = aBillRead(aLine());
        const { value } = await caches.first.getOrLoad(read);
        value.version = 99;
        const kept = await caches.first.getOrLoad(read);
        kept.value.version = 98;
        expect((await caches.first.getOrLoad(read)).value.version).toBe(1);
        expect((await caches.last.getOrLoad(read)).value.version).toBe(1);
      });

      it('lets no reader change what it keeps, even if decode copies nothing', async () => {
        const { read } = aBillRead(aLine());
        const careless = { ...read, decode: (raw: unknown) => raw };
        for (const cache of [caches.first, caches.first, caches.last])
          expect(Object.isFrozen((await cache.getOrLoad(careless)).value)).toBe(true);
      });

      it('hands a value on only as its decode makes it, in every tier', async () => {
        const key = aLine();
        const decode = (raw: unknown) => z.object({ at: z.coerce.date() }).parse(raw);
        const read = { key, rule, decode, load: () => Promise.resolve({ at: new Date(0) }) };
        for (const cache of [caches.first, caches.first, caches.last])
          expect((await cache.getOrLoad(read)).value).toEqual({ at: new Date(0) });
      });

      it.each([null, undefined])('does not keep %s', async (nothing) => {
        const load = jest.fn(() => Promise.resolve(nothing));
        const read = { key: aLine(), rule, decode: decodeNothing, load };
        expect((await caches.first.getOrLoad(read)).value).toBe(nothing);
        await caches.first.getOrLoad(read);
        await caches.last.getOrLoad(read);
        expect(load).toHaveBeenCalledTimes(3);
      });

      it('tells a key from a tag of the same text', async () => {
        const line = aLine();
        const { read } = aBillRead(line);
        await caches.first.getOrLoad({ ...read, key: line, tags: [] });
        await caches.first.invalidateTag(line);
        expect((await caches.first.getOrLoad({ ...read, key: line, tags: [] })).value.version).toBe(1);
      });
    });

    describe('when the upstream fails', () => {
      const outage = new Error('KOS is away');

      it('answers with the last value, marked stale, as long as the rule allows', async () => {
        const { read, load } = aBillRead(aLine());
        const { fetchedAt } = await caches.first.getOrLoad(read);
        load.mockRejectedValue(outage);
        clock.advance(rule.freshMs + rule.staleMs);
        const stale = await caches.last.getOrLoad(read);
        expect(stale).toMatchObject({ value: { version: 1 }, fetchedAt, isStale: true });
        expect(stale.source).not.toBe('UPSTREAM');
        clock.advance(1);
        await expect(caches.last.getOrLoad(read)).rejects.toBe(outage);
      });

      it('passes the error on when it knows nothing, and remembers no error', async () => {
        const { read, load } = aBillRead(aLine());
        load.mockRejectedValueOnce(outage);
        await expect(caches.first.getOrLoad(read)).rejects.toBe(outage);
        expect((await caches.first.getOrLoad(read)).isStale).toBe(false);
      });

      it('takes a load that throws at once, or brings what its own decode refuses, for a failed one', async () => {
        const { read, load } = aBillRead(aLine());
        const thrown = {
          ...read,
          load: (): Promise<Bill> => {
            throw outage;
          },
        };
        await expect(caches.first.getOrLoad(thrown)).rejects.toBe(outage);
        load.mockResolvedValueOnce({ line: 'x', version: Number.NaN });
        await expect(caches.first.getOrLoad(read)).rejects.toThrow(z.ZodError);
        expect((await caches.first.getOrLoad(read)).value.version).toBe(1);
      });
    });

    describe('with many readers at once', () => {
      it('loads once for all of them, also when nothing will be kept', async () => {
        const { read, load } = aBillRead(aLine());
        const answers = await Promise.all(Array.from({ length: 200 }, () => caches.first.getOrLoad(read)));
        expect(load).toHaveBeenCalledTimes(1);
        expect(new Set(answers.map(({ value }) => value)).size).toBe(200);

        const loadNothing = jest.fn(() => Promise.resolve(null));
        const nothing = { key: aLine(), rule, decode: decodeNothing, load: loadNothing };
        await Promise.all(Array.from({ length: 200 }, () => caches.first.getOrLoad(nothing)));
        expect(loadNothing).toHaveBeenCalledTimes(1);
      });

      it('fails all of them together and the next one tries anew', async () => {
        const { read, load } = aBillRead(aLine());
        load.mockRejectedValueOnce(new Error('KOS is away'));
        const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => caches.first.getOrLoad(read)));
        expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
        expect((await caches.first.getOrLoad(read)).value.version).toBe(1);
        expect(load).toHaveBeenCalledTimes(2);
      });
    });

    describe('when told that something changed', () => {
      it('forgets one key and no other', async () => {
        const [changed, other] = [aBillRead(aLine()), aBillRead(aLine())];
        for (const { read } of [changed, other]) await caches.last.getOrLoad(read);
        await caches.first.invalidate(changed.read.key);
        expect((await caches.first.getOrLoad(changed.read)).value.version).toBe(2);
        await eventually(async () => {
          expect((await caches.last.getOrLoad(changed.read)).value.version).toBe(2);
        });
        expect((await caches.last.getOrLoad(other.read)).value.version).toBe(1);
      });

      it('forgets all keys of a tag', async () => {
        const { read } = aBillRead(aLine());
        const months = ['2026-08', '2026-07'].map((month) => ({ ...read, key: `${read.key}:${month}` }));
        for (const month of months) await caches.last.getOrLoad(month);
        await caches.first.invalidateTag(read.tags[0] ?? '');
        await eventually(async () => {
          for (const month of months)
            expect((await caches.last.getOrLoad(month)).value.version).toBeGreaterThan(months.length);
        });
      });

      it('does not fall back on what it was told to forget', async () => {
        const { read, load } = aBillRead(aLine());
        await caches.first.getOrLoad(read);
        await caches.first.invalidate(read.key);
        load.mockRejectedValueOnce(new Error('KOS is away'));
        await expect(caches.first.getOrLoad(read)).rejects.toThrow('KOS is away');
      });

      it('does not let a load that began before bring the old value back', async () => {
        const { read, load } = aBillRead(aLine());
        const [begun, change] = [aGate(), aGate()];
        load.mockImplementationOnce(async () => {
          begun.open();
          await change.opened;
          return { line: 'before the change', version: 0 };
        });
        const late = caches.last.getOrLoad(read);
        await begun.opened;
        await caches.first.invalidateTag(read.tags[0] ?? '');

        expect((await caches.first.getOrLoad(read)).value.version).toBe(1);
        change.open();
        expect((await late).value.version).toBe(0);
        expect((await caches.first.getOrLoad(read)).value.version).not.toBe(0);
        await eventually(async () => {
          expect((await caches.last.getOrLoad(read)).value.version).not.toBe(0);
        });
      });
    });

    itRenewsBesideReaders(() => caches, clock);
    itKeepsItsWord(() => caches, clock);
  });
}
