import type { CacheRule } from '@supergraph/platform/cache';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

/** How long what KOS said is shown without asking again, and how much longer while KOS cannot be asked. */
export const cacheRules = {
  openBill: { freshMs: HOUR_MS, staleMs: DAY_MS }, // grows from day to day
  closedBill: { freshMs: DAY_MS, staleMs: DAY_MS }, // only its payment still changes
  customer: { freshMs: 30 * MINUTE_MS, staleMs: DAY_MS },
  absence: { freshMs: 30 * SECOND_MS, staleMs: 0 }, // what KOS does not have now it may have soon
} as const satisfies Record<string, CacheRule>;
