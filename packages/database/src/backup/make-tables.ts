import { readMigrations } from '../migrations-folder.ts';
import { migrationsTable } from '../migrations-table.ts';
import { connect } from './connect.ts';
import type { WholeBackup } from './open-backup.ts';

/** A migration may work for long, and says nothing meanwhile. */
const silentAfterMs = 600_000;

/** Makes the tables of a backup in an empty database: runs exactly its migrations, and none that were written later. */
export async function makeTables({ manifest, project }: WholeBackup, url: string): Promise<void> {
  const names = new Set(manifest.migrations.map(({ name }) => name));
  const migrations = await readMigrations(project.folder);
  const client = await connect(url, silentAfterMs);
  try {
    for (const { name, sql } of migrations) if (names.has(name)) await client.query(sql);
    await client.query(migrationsTable);
  } finally {
    await client.end();
  }
}
