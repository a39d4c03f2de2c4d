import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface MigrationScript {
  readonly name: string;
  readonly sql: string;
}

/** The migrations in the order in which Prisma applies them; none when the folder does not exist. */
export async function readMigrations(projectFolder: string): Promise<MigrationScript[]> {
  const folder = path.join(projectFolder, 'migrations');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') })),
  );
}
