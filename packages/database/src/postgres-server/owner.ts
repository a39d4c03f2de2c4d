import pg from 'pg';
import { withConnection } from '../maintenance-connection.ts';
import type { Cluster } from './cluster.ts';
import { superuser } from './cluster.ts';

/** Any number will do, as long as nothing else locks it in the `postgres` database. */
const ownerLock = 7_204_091;
const answerWithinMs = 5_000;

/** The address of a database of the embedded server. */
export const serverAddress = (cluster: Cluster, port: number, database: string): string =>
  `postgresql://${superuser}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/**
 * Marks the server as ours until the returned function is called or this process dies: a session lock
 * ends with its connection, so unlike a file it cannot outlive its owner.
 */
export async function takeOwnership(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `process ${process.pid}`,
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [ownerLock]);
  return () => client.end();
}

/** Its owner's name; none when it has lost it; unknown while it starts, stops or is too young to have one. */
export type Ownership = { readonly name: string } | 'none' | 'unknown';

/** Asks a running server who owns it. */
export async function inspectOwner(url: string): Promise<Ownership> {
  try {
    return await withConnection(url, async (client) => {
      const { rows } = await client.query<{ name: string | null; settled: boolean }>(
        `SELECT clock_timestamp() > pg_postmaster_start_time() + interval '2 seconds' AS settled,
                (SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
                  WHERE locktype = 'advisory' AND granted AND objid = $1) AS name`,
        [ownerLock],
      );
      const [answer] = rows;
      if (answer?.name != null) return { name: answer.name };
      return answer?.settled === true ? 'none' : 'unknown';
    });
  } catch {
    return 'unknown';
  }
}
