import type { Cache } from '@supergraph/platform/cache';
import { z } from 'zod';

import { cacheRules } from './cache-rules.ts';

/** What KOS was found not to have: for a short while it is not asked again. */
export interface Absences {
  isKnown(key: string): Promise<boolean>;
  remember(key: string): Promise<void>;
}

const mark = z.literal('absent').nullable();

export function createAbsences(cache: Cache): Absences {
  const readOf = (key: string) => ({
    key: `absent:${key}`,
    rule: cacheRules.absence,
    decode: (raw: unknown) => mark.parse(raw),
  });
  return {
    // The cache keeps no null, so that looking leaves no trace.
    isKnown: async (key) =>
      (await cache.getOrLoad({ ...readOf(key), load: () => Promise.resolve(null) })).value !== null,
    async remember(key) {
      await cache.getOrLoad({ ...readOf(key), load: () => Promise.resolve('absent' as const) });
    },
  };
}
