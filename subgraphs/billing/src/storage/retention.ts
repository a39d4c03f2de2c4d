import type { Retention } from '@supergraph/database/retention';
import { DAY_MS } from '@supergraph/platform/time';

import { cacheRules, type BillRules } from './cache-rules.ts';

const yearMs = 366 * DAY_MS;

/** How long billing keeps what it writes down; what KOS said only as long as it may still be shown. */
export const billingRetentions = ({ open, closed }: BillRules): readonly Retention[] => [
  { table: 'kos_inquiry_history', since: 'requested_at', keptMs: yearMs },
  { table: 'bill_inquiry', since: 'requested_at', keptMs: 2 * yearMs, where: `state <> 'IN_PROGRESS'` },
  {
    table: 'kept_bill',
    since: 'fetched_at',
    keptMs: Math.max(...[open, closed].map(({ freshMs, staleMs }) => freshMs + staleMs)),
  },
  {
    table: 'customer_line',
    since: 'fetched_at',
    keptMs: cacheRules.customer.freshMs + cacheRules.customer.staleMs,
  },
];
