import { raw, sqltag as sql } from '@prisma/client/runtime/client';

import type { SqlDatabase } from './sql-database.ts';

const tables = ['outbox_message', 'inbox_message'] as const;

/**
 * Deletes messages that were settled before a moment, at most `batchSize` in one statement so that nobody waits for it
 * long; answers how many. What was set aside stays until somebody has put it back or given it up.
 */
export async function pruneMessages(
  database: SqlDatabase,
  options: { readonly settledBefore: Date; readonly batchSize: number },
): Promise<number> {
  let pruned = 0;
  for (const table of tables) {
    let count: number;
    do {
      count = await pruneBatch(database, table, options);
      pruned += count;
    } while (count === options.batchSize);
  }
  return pruned;
}

async function pruneBatch(
  database: SqlDatabase,
  table: (typeof tables)[number],
  { settledBefore, batchSize }: { readonly settledBefore: Date; readonly batchSize: number },
): Promise<number> {
  const gone = await database.$queryRaw<readonly unknown[]>(sql`
    DELETE FROM ${raw(table)} WHERE sequence IN (
      SELECT sequence FROM ${raw(table)}
      WHERE settled_at < ${settledBefore} AND (set_aside_reason IS NULL OR given_up_reason IS NOT NULL)
      ORDER BY settled_at LIMIT ${batchSize} FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return gone.length;
}
