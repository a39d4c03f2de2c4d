import { createHash } from 'node:crypto';
import type { DatabaseName, DatabaseProject } from './databases.ts';
import { projectOf } from './databases.ts';
import { withConnection } from './maintenance-connection.ts';
import { makeAnew } from './make-anew.ts';
import { readMigrations } from './migrations-folder.ts';
import { runPrisma } from './prisma-cli.ts';

/** A migration could not be applied; the message ends with what Prisma said about it. */
export class MigrationFailed extends Error {
  constructor(database: string, output: string) {
    super(`The migrations of the ${database} database could not be applied:\n${output}`);
    this.name = 'MigrationFailed';
  }
}

export type MigrationOutcome = 'applied' | 'up to date';

/** Brings one of our databases up to its migrations folder; creates it when absent. */
export function applyMigrations(target: {
  readonly database: DatabaseName;
  readonly url: string;
}): Promise<MigrationOutcome> {
  return deployMigrations(projectOf(target.database), target.url);
}

/** Runs `prisma migrate deploy`, unless every migration is applied as it is written, or there is nothing in the database yet. */
export async function deployMigrations(project: DatabaseProject, url: string): Promise<MigrationOutcome> {
  const [written, applied] = await Promise.all([describeWritten(project.folder), describeApplied(url)]);
  if (written === applied) return 'up to date';
  if (applied === undefined && (await makeAnew(project, url))) return 'applied';
  const { exitCode, output } = await runPrisma({ project, args: ['migrate', 'deploy'], url });
  if (exitCode !== 0) throw new MigrationFailed(project.name, output);
  return 'applied';
}

const describe = (name: string, checksum: string): string => `${name} ${checksum}`;

/** Names and SHA-256 checksums, exactly as Prisma records them, one migration a line. */
async function describeWritten(projectFolder: string): Promise<string> {
  const migrations = await readMigrations(projectFolder);
  return migrations.map(({ name, sql }) => describe(name, createHash('sha256').update(sql).digest('hex'))).join('\n');
}

/** Undefined when the table cannot be read or holds an attempt that has not ended: Prisma then has the word. */
async function describeApplied(url: string): Promise<string | undefined> {
  try {
    return await withConnection(url, async (client) => {
      const { rows } = await client.query<{ name: string; checksum: string; is_finished: boolean }>(
        `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS is_finished
           FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`,
      );
      if (rows.some((row) => !row.is_finished)) return undefined;
      return rows.map((row) => describe(row.name, row.checksum)).join('\n');
    });
  } catch {
    return undefined;
  }
}
