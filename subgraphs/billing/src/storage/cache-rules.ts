import type { CacheRule } from '@supergraph/platform/cache';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

/** How long what KOS said is shown without asking again, and how much longer while KOS cannot be asked. */
export const cacheRules = {
  customer: { freshMs: 30 * MINUTE_MS, staleMs: DAY_MS },
  absence: { freshMs: 30 * SECOND_MS, staleMs: 0 }, // what KOS does not have now it may have soon
} as const satisfies Record<string, CacheRule>;

export type BillRules = Readonly<Record<'open' | 'closed', CacheRule>>;

/** The same for bills; how long they are fresh is a setting, by whether their month is closed. */
export const billRules = (fresh: { readonly openMs: number; readonly closedMs: number }): BillRules => ({
  open: { freshMs: fresh.openMs, staleMs: DAY_MS }, // grows from day to day
  closed: { freshMs: fresh.closedMs, staleMs: DAY_MS }, // only its payment still changes
});
