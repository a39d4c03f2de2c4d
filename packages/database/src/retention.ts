import { raw, sqltag as sql } from '@prisma/client/runtime/client';
import { createRepetition, HOUR_MS, type Clock, type Repetition } from '@supergraph/platform/time';

import type { SqlDatabase } from './message-store/sql-database.ts';

/** How long the rows of a table are kept. */
export interface Retention {
  readonly table: string;
  /** The column with the moment from which a row is kept; an index begins with it. */
  readonly since: string;
  readonly keptMs: number;
  /** What has to be true of a row besides, in SQL. */
  readonly where?: string;
}

const usualBatchSize = 1_000;

/** Keeps tables from growing for ever; what could not be deleted is told and tried again an hour later. */
export function createPruner(options: {
  readonly database: SqlDatabase;
  readonly retentions: readonly Retention[];
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}): Repetition {
  const { database, retentions, clock, onFailure } = options;

  async function pruneAll(signal: AbortSignal): Promise<void> {
    for (const retention of retentions) {
      if (signal.aborted) return;
      await pruneRows(database, retention, { now: clock.now() }).catch(onFailure);
    }
  }

  return createRepetition({ work: pruneAll, pauseMs: HOUR_MS, onFailure });
}

/**
 * Deletes the rows that have been kept long enough, at most `batchSize` in one statement so that nobody waits for it long;
 * answers how many. Rows that somebody is just writing are left for the next time.
 */
export async function pruneRows(
  database: SqlDatabase,
  { table, since, keptMs, where = 'TRUE' }: Retention,
  { now, batchSize = usualBatchSize }: { readonly now: Date; readonly batchSize?: number },
): Promise<number> {
  const before = new Date(now.getTime() - keptMs);
  let pruned = 0;
  for (;;) {
    const gone = await database.$queryRaw<readonly unknown[]>(sql`
      DELETE FROM ${raw(table)} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM ${raw(table)} WHERE ${raw(since)} < ${before} AND (${raw(where)})
        LIMIT ${batchSize} FOR UPDATE SKIP LOCKED))
      RETURNING 1`);
    pruned += gone.length;
    if (gone.length < batchSize) return pruned;
  }
}
