import { setImmediate as nextTick } from 'node:timers/promises';

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';

import type { ManualClock } from '../testing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../time/index.ts';
import type { Cache } from './cache.ts';

/** Instances of one cache that answer each other's invalidations; the same one twice where there is only one. */
export interface CachesUnderTest {
  readonly first: Cache;
  readonly last: Cache;
  close(): Promise<void>;
}

const rule = { freshMs: HOUR_MS, staleMs: HOUR_MS };
const factSchema = z.object({ key: z.string(), version: z.number() });
const decode = (raw: unknown) => factSchema.parse(raw);

const trickyKey = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'a:b', 'key:a', '__proto__'));
const someKeys = fc.uniqueArray(trickyKey, { minLength: 2, maxLength: 4 });

/**
 * What one actor does: a read, here or at the other instance, whose load takes some turns of the event loop;
 * a change of the truth, told to the instance here; or waiting.
 */
const someStep = fc.record({
  act: fc.constantFrom('read', 'read', 'read', 'change', 'wait'),
  which: fc.nat(3),
  loadTurns: fc.nat(4),
  isFailing: fc.boolean(),
  isElsewhere: fc.boolean(),
});
type Step = typeof someStep extends fc.Arbitrary<infer Generated> ? Generated : never;

/** Actors of one group act at once, group after group. */
const someHistory = fc.array(fc.array(someStep, { maxLength: 6 }), { maxLength: 8 });

/** Holds the cache to its word over random histories of readers, changes and failures at the same time. */
export function itKeepsItsWord(cachesOf: () => CachesUnderTest, clock: ManualClock): void {
  let runs = 0;

  it('answers no key with the value of another, and nobody who asks after a change with what was before it', async () => {
    const property = fc.asyncProperty(someKeys, someHistory, async (keys, history) => {
      const world = createWorld(cachesOf(), ++runs);
      for (const group of history)
        await Promise.all(
          group.map(async (step) => {
            const key = keys[step.which % keys.length] ?? '';
            if (step.act === 'wait') clock.advance(20 * MINUTE_MS);
            else await (step.act === 'read' ? world.read(key, step) : world.change(key));
          }),
        );
    });
    await fc.assert(property, { numRuns: 60 });
  });
}

/** The truth upstream, what of it was acknowledged as changed, and a cache in front. */
function createWorld({ first, last }: CachesUnderTest, run: number) {
  const truth = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  const versionIn = (versions: Map<string, number>, key: string) => versions.get(key) ?? 0;

  return {
    async read(name: string, { loadTurns, isFailing, isElsewhere }: Step): Promise<void> {
      const key = `${run}:${name}`;
      const atLeast = versionIn(acknowledged, key);
      const load = async () => {
        const version = versionIn(truth, key);
        for (let turn = 0; turn < loadTurns; turn++) await nextTick();
        if (isFailing) throw new Error('KOS is away');
        return { key, version };
      };
      const cache = isElsewhere ? last : first;
      const answer = await cache.getOrLoad({ key, tags: ['all'], rule, decode, load }).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.value.key).toBe(key);
      // Another instance hears of the change in its own time, so only this one is held to it at once.
      if (cache === first) expect(answer.value.version).toBeGreaterThanOrEqual(atLeast);
    },

    async change(name: string): Promise<void> {
      const key = `${run}:${name}`;
      const version = versionIn(truth, key) + 1;
      truth.set(key, version);
      await first.invalidate(key);
      acknowledged.set(key, Math.max(version, versionIn(acknowledged, key)));
    },
  };
}
