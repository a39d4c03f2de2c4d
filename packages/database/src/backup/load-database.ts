import type pg from 'pg';
import { readAfterRestore } from './after-restore.ts';
import { beginCopying, connect } from './connect.ts';
import type { BackedUpTable } from './manifest.ts';
import type { WholeBackup } from './open-backup.ts';
import { loadTable } from './table-file.ts';

/** How a table came out of its backup. */
export interface RestoredTable {
  readonly name: string;
  readonly inBackup: number;
  readonly restored: number;
}

/** A database filled out of its backup. */
export interface LoadedDatabase {
  readonly tables: readonly RestoredTable[];
  /** What was set right afterwards, such as UPDATE 3. */
  readonly setRight: readonly string[];
}

/** Building the indexes of a large table is one long silence. */
const silentAfterMs = 600_000;

/**
 * Fills a migrated database with the rows of a backup in one transaction, counts them, and sets right what must not stay
 * as it was. Triggers of ours stay out of the filling: what they had to say about a row, they said when it was written.
 * Foreign keys and checks hold for every row.
 */
export async function loadDatabase(backup: WholeBackup, url: string): Promise<LoadedDatabase> {
  const { manifest, project, fileOf } = backup;
  const names = manifest.migrations.map(({ name }) => name);
  const afterRestore = await readAfterRestore(project.folder, names);
  const client = await connect(url, silentAfterMs);
  try {
    await beginCopying(client);
    await forEachTable(client, manifest.tables, 'DISABLE TRIGGER USER');
    // A migration may have written rows of its own; the backup has them as they became.
    if (manifest.tables.length > 0) {
      await client.query(`TRUNCATE ${manifest.tables.map(({ name }) => client.escapeIdentifier(name)).join(', ')}`);
    }
    for (const table of manifest.tables) await loadTable(client, table, fileOf(table.name));
    for (const { name, lastValue, isCalled } of manifest.sequences) {
      await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [
        client.escapeIdentifier(name),
        lastValue,
        isCalled,
      ]);
    }
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await forEachTable(client, manifest.tables, 'ENABLE TRIGGER USER');
    const tables = await countRows(client, manifest.tables);
    const setRight = afterRestore === null ? [] : await runScript(client, afterRestore);
    await client.query('COMMIT');
    // Without figures about the new rows the first queries would be planned blindly.
    await client.query('ANALYZE');
    return { tables, setRight };
  } finally {
    await client.end();
  }
}

async function forEachTable(client: pg.Client, tables: readonly BackedUpTable[], action: string): Promise<void> {
  for (const { name } of tables) await client.query(`ALTER TABLE ${client.escapeIdentifier(name)} ${action}`);
}

async function runScript(client: pg.Client, script: string): Promise<readonly string[]> {
  // Several statements have several results, whatever the types say.
  const results = [await client.query(script)].flat();
  return results.map(({ command, rowCount }) => `${command} ${rowCount ?? 0}`);
}

async function countRows(client: pg.Client, tables: readonly BackedUpTable[]): Promise<readonly RestoredTable[]> {
  const counted: RestoredTable[] = [];
  for (const { name, rows: inBackup } of tables) {
    const { rows } = await client.query<{ restored: string }>(
      `SELECT count(*) AS restored FROM ${client.escapeIdentifier(name)}`,
    );
    const restored = Number(rows[0]?.restored);
    if (restored !== inBackup) {
      throw new Error(`${inBackup} rows of ${name} are in the backup, and ${restored} came out of it`);
    }
    counted.push({ name, inBackup, restored });
  }
  return counted;
}
