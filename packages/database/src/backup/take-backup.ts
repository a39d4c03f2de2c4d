import path from 'node:path';
import type pg from 'pg';
import type { DatabaseName } from '../databases.ts';
import { allEnded } from './all-ended.ts';
import { momentName, removeAbandoned, sealDatabaseFolder, unfinishedName } from './backup-folder.ts';
import { explained } from './backup-refused.ts';
import { beginCopying, connect } from './connect.ts';
import { readAppliedMigrations, readSequences, readTables } from './describe-database.ts';
import { makePrivateFolder, removeFolder, renameDurably, syncFolder } from './durable-files.ts';
import type { BackedUpTable } from './manifest.ts';
import { tableFileName, writeTable } from './table-file.ts';

/** A database by its address. */
export interface DatabaseAddress {
  readonly name: DatabaseName;
  readonly url: string;
}

export interface BackedUpDatabase {
  readonly name: DatabaseName;
  readonly takenAt: string;
  readonly tables: readonly BackedUpTable[];
}

export interface Backup {
  readonly folder: string;
  readonly databases: readonly BackedUpDatabase[];
}

const silentAfterMs = 60_000;

/**
 * Backs databases up into a new folder inside `folder`, each as it was at one moment, while they are being used. The
 * folder has its name once everything is on the disk. Rejects with BackupRefused.
 */
export async function takeBackup(of: {
  readonly databases: readonly DatabaseAddress[];
  readonly folder: string;
  readonly now: Date;
}): Promise<Backup> {
  const draft = path.join(of.folder, unfinishedName(of.now));
  const whole = path.join(of.folder, momentName(of.now));
  await explained(`${of.folder} cannot be written to`, async () => {
    await makePrivateFolder(draft);
    await removeAbandoned(of.folder, of.now);
  });
  try {
    const databases = await copyAll(of.databases, draft);
    await syncFolder(draft);
    await explained(`The backup could not be named ${whole}`, () => renameDurably(draft, whole));
    return { folder: whole, databases };
  } catch (error) {
    await removeFolder(draft);
    throw error;
  }
}

/** All snapshots are taken before the first is copied: they lie milliseconds apart, however long copying takes. */
async function copyAll(databases: readonly DatabaseAddress[], draft: string): Promise<BackedUpDatabase[]> {
  const clients: pg.Client[] = [];
  try {
    const snapshots = await allEnded(
      databases.map(({ name, url }) =>
        explained(`The ${name} database cannot be read`, async () => {
          const client = await connect(url, silentAfterMs);
          clients.push(client);
          return { name, client, ...(await takeSnapshot(client)) };
        }),
      ),
    );
    return await allEnded(
      snapshots.map((snapshot) =>
        explained(`The ${snapshot.name} database could not be backed up`, () =>
          copyDatabase(snapshot, path.join(draft, snapshot.name)),
        ),
      ),
    );
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

interface Moment {
  readonly takenAt: string;
  readonly postgresVersion: string;
}

/** From the first query on, the transaction sees one moment and nothing after it. */
async function takeSnapshot(client: pg.Client): Promise<Moment> {
  await beginCopying(client, 'ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await client.query<{ takenAt: Date; postgresVersion: string }>(
    `SELECT clock_timestamp() AS "takenAt", current_setting('server_version') AS "postgresVersion"`,
  );
  const [moment] = rows;
  if (moment === undefined) throw new Error('the server does not tell the time');
  return { ...moment, takenAt: moment.takenAt.toISOString() };
}

async function copyDatabase(
  { name, client, ...moment }: Moment & { readonly name: DatabaseName; readonly client: pg.Client },
  folder: string,
): Promise<BackedUpDatabase> {
  await makePrivateFolder(folder);
  const migrations = await readAppliedMigrations(client);
  const tables: BackedUpTable[] = [];
  for (const table of await readTables(client)) {
    tables.push({ ...table, ...(await writeTable(client, table, path.join(folder, tableFileName(table.name)))) });
  }
  const sequences = await readSequences(client);
  await sealDatabaseFolder(folder, { database: name, ...moment, migrations, tables, sequences });
  await syncFolder(folder);
  return { name, takenAt: moment.takenAt, tables };
}
