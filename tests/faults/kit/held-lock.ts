import type { DatabaseName } from '@supergraph/database/databases';
import { withConnection } from '@supergraph/database/maintenance-connection';

import type { Stack } from './stack.ts';

/** Runs work while somebody else holds a lock in one of our databases, and lets go of it then: `LOCK TABLE customer`. */
export function whileHolding<Result>(
  stack: Stack,
  held: { readonly database: DatabaseName; readonly lock: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const url = stack.environment[`${held.database.toUpperCase()}_DATABASE_URL`] ?? '';
  return withConnection(url, async (holder) => {
    await holder.query(`BEGIN; ${held.lock}`);
    const result = await work();
    await holder.query('ROLLBACK');
    return result;
  });
}

type Count = { readonly count: number };

/** How many statements of a service, or transactions that it began, are under way in the server. */
export async function underWay(stack: Stack, database: DatabaseName): Promise<number> {
  const [row] = await stack.query<Count>(
    database,
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = $1 AND state <> 'idle'`,
    [database],
  );
  return row?.count ?? 0;
}
