import pg, { escapeIdentifier } from 'pg';
import type { DatabaseName } from '../databases.ts';
import { dropDatabase } from '../ensure-database.ts';
import { maintenanceAddress, sqlState, withConnection } from '../maintenance-connection.ts';
import { BackupRefused } from './backup-refused.ts';
import { isWithoutRows } from './describe-database.ts';

const objectInUse = '55006';
/** PostgreSQL cuts longer names without a word. */
const mostNameBytes = 63;

/** Where a restored database will stand, and what stands there now. */
export interface RestoreTarget {
  readonly url: string;
  readonly serverUrl: string;
  readonly name: string;
  readonly isThere: boolean;
}

/** Looks at the place for a database; refuses one that holds rows, unless they may be replaced, or that is in use. */
export async function inspectTarget(
  database: DatabaseName,
  { url, mayReplace }: { readonly url: string; readonly mayReplace: boolean },
): Promise<RestoreTarget> {
  const { name, serverUrl } = maintenanceAddress(url);
  const isThere = await withConnection(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    await refuseUsed(client, database, name);
    return rowCount === 1;
  });
  const hasRows = isThere && !(await withConnection(url, isWithoutRows));
  if (hasRows && !mayReplace) {
    throw new BackupRefused(
      `The ${database} database holds rows already: add --replace to put the backup in its place.`,
    );
  }
  return { url, serverUrl, name, isThere };
}

async function refuseUsed(client: pg.Client, database: DatabaseName, name: string): Promise<void> {
  const { rows } = await client.query<{ who: string; connections: number }>(
    `SELECT coalesce(nullif(application_name, ''), 'somebody') AS who, count(*)::int AS connections
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' GROUP BY 1`,
    [name],
  );
  if (rows.length > 0) throw inUse(database, rows.map(({ who }) => who).join(', '));
}

const inUse = (database: DatabaseName, by: string): BackupRefused =>
  new BackupRefused(`The ${database} database is in use by ${by}: stop the services first.`);

/** The name under which a database is restored: one that nobody else uses, whatever the target's own is. */
export const draftOf = ({ url, name }: RestoreTarget): { readonly name: string; readonly url: string } =>
  beside(url, nameWith(name, 'restoring'));

function beside(url: string, name: string): { readonly name: string; readonly url: string } {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(name)}`;
  return { name, url: address.href };
}

function nameWith(name: string, suffix: string): string {
  let kept = name;
  while (Buffer.byteLength(`${kept}_${suffix}`) > mostNameBytes) kept = kept.slice(0, -1);
  return `${kept}_${suffix}`;
}

/** Keeps everybody else from restoring to the same place while `work` goes on. */
export async function alone<T>(target: RestoreTarget, database: DatabaseName, work: () => Promise<T>): Promise<T> {
  return await withConnection(target.serverUrl, async (client) => {
    const { rows } = await client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS "isOurs"', [
      draftOf(target).name,
    ]);
    if (rows[0]?.isOurs !== true) throw new BackupRefused(`Somebody else is restoring the ${database} database now.`);
    return await work();
  });
}

/**
 * Puts the draft in the target's place, in one transaction. Rows that stood there are kept beside it; answers the name of
 * the database that has them, or null.
 */
export async function takePlace(target: RestoreTarget, database: DatabaseName, now: Date): Promise<string | null> {
  const { url, serverUrl, name, isThere } = target;
  const stamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const former = beside(url, nameWith(name, `replaced_${stamp}`));
  await withConnection(serverUrl, async (client) => {
    await client.query('BEGIN');
    if (isThere) await rename(client, name, former.name);
    await rename(client, draftOf(target).name, name);
    await client.query('COMMIT');
  }).catch((error: unknown) => {
    throw sqlState(error) === objectInUse ? inUse(database, 'somebody') : error;
  });
  if (!isThere) return null;
  // Looked at once more: nobody can write there any more, and somebody may have since the first look.
  if (!(await withConnection(former.url, isWithoutRows))) return former.name;
  await dropDatabase(former.url);
  return null;
}

const rename = (client: pg.Client, from: string, to: string): Promise<unknown> =>
  client.query(`ALTER DATABASE ${escapeIdentifier(from)} RENAME TO ${escapeIdentifier(to)}`);
