import type { CacheRule } from '@supergraph/platform/cache';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

/** How long what KOS said is shown: fresh without asking, stale while KOS is silent. Nothing of it decides a change. */
export const cacheRules = {
  catalogue: { freshMs: DAY_MS, staleMs: 7 * DAY_MS },
  standing: { freshMs: 30 * MINUTE_MS, staleMs: DAY_MS },
  customer: { freshMs: 30 * MINUTE_MS, staleMs: DAY_MS },
  absence: { freshMs: 30 * SECOND_MS, staleMs: 0 }, // whom KOS does not know now it may know soon
} as const satisfies Record<string, CacheRule>;
