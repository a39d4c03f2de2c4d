import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { DatabaseProject } from './databases.ts';
import { ensureDatabase } from './ensure-database.ts';
import { withConnection } from './maintenance-connection.ts';
import { readMigrations } from './migrations-folder.ts';
import { migrationsTable } from './migrations-table.ts';

/** The lock that Prisma holds while it applies migrations. */
const prismaLock = 72_707_369;

/**
 * Applies all migrations to a database that does not exist or has nothing in it, in one transaction, and writes them down as
 * Prisma does: starting its command line takes seconds of processor time. False when it could not; then nothing was done.
 */
export async function makeAnew(project: DatabaseProject, url: string): Promise<boolean> {
  const migrations = await readMigrations(project.folder);
  try {
    await ensureDatabase(url);
    return await withConnection(url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [prismaLock]);
      if (!(await isEmpty(client))) return false;
      await client.query(migrationsTable);
      for (const { name, sql } of migrations) {
        await client.query(sql);
        await client.query(
          `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
           VALUES ($1, $2, now(), $3, 1)`,
          [randomUUID(), createHash('sha256').update(sql).digest('hex'), name],
        );
      }
      await client.query('COMMIT');
      return true;
    });
  } catch {
    // Prisma tries it in its own way, and says what is wrong.
    return false;
  }
}

async function isEmpty(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL
     SELECT FROM pg_type WHERE typnamespace = 'public'::regnamespace UNION ALL
     SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace LIMIT 1`,
  );
  return rowCount === 0;
}
