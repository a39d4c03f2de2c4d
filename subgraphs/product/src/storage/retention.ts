import type { Retention } from '@supergraph/database/retention';
import { DAY_MS } from '@supergraph/platform/time';

import { cacheRules } from './cache-rules.ts';

const yearMs = 366 * DAY_MS;
const { catalogue, standing } = cacheRules;

/**
 * How long product keeps what it writes down. Orders, their steps and what operators decided about them are kept for good,
 * and with them what was asked of KOS for them; so are lines, whose versions must never begin anew.
 */
export const productRetentions: readonly Retention[] = [
  {
    table: 'kept_answer',
    since: 'fetched_at',
    keptMs: Math.max(...[catalogue, standing].map(({ freshMs, staleMs }) => freshMs + staleMs)),
  },
  { table: 'customer', since: 'fetched_at', keptMs: 30 * DAY_MS },
  {
    table: 'kos_call',
    since: 'requested_at',
    keptMs: yearMs,
    where: `operation NOT IN ('CHANGE', 'CHANGE_STATUS')`,
  },
  { table: 'change_request', since: 'requested_at', keptMs: 3 * yearMs },
  { table: 'qualification', since: 'checked_at', keptMs: 3 * yearMs },
];
