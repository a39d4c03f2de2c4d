import { readMigrations } from '../migrations-folder.ts';
import { connect } from './connect.ts';
import type { WholeBackup } from './open-backup.ts';

/** Where Prisma writes down what it has applied; its rows come out of the backup like all others. */
const migrationsTable = `
  CREATE TABLE _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0)`;

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
