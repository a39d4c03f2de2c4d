import type { Retention } from '@supergraph/database/retention';
import { DAY_MS } from '@supergraph/platform/time';

const yearMs = 366 * DAY_MS;

/** How long auth keeps what it writes down. Accounts, rights and lines are kept as long as the account. */
export const authRetentions: readonly Retention[] = [
  { table: 'login_attempt', since: 'expires_at', keptMs: 0 },
  // Its refresh tokens go with it. Until then a spent one that comes back is known for what it is.
  { table: 'session', since: 'expires_at', keptMs: 7 * DAY_MS },
  { table: 'known_device', since: 'known_until', keptMs: 0 },
  { table: 'login_history', since: 'happened_at', keptMs: yearMs },
  { table: 'permission_access_log', since: 'accessed_at', keptMs: yearMs },
];
