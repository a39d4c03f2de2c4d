import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deployMigrations } from '../apply-migrations.ts';
import type { DatabaseProject } from '../databases.ts';
import { readMigrations } from '../migrations-folder.ts';
import type { WholeBackup } from './open-backup.ts';

/** Applies exactly the migrations of a backup to an empty database, and none that were written later. */
export async function migrateAsIn({ manifest, project }: WholeBackup, url: string): Promise<void> {
  const names = manifest.migrations.map(({ name }) => name);
  const hasLater = (await readMigrations(project.folder)).some(({ name }) => !names.includes(name));
  if (!hasLater) {
    await deployMigrations(project, url);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-restore-'));
  try {
    await copyProject(project, folder, names);
    await deployMigrations({ ...project, folder }, url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The project as it was when it had these migrations only, as far as applying them goes. */
async function copyProject(project: DatabaseProject, folder: string, migrations: readonly string[]): Promise<void> {
  const entries = [
    'schema.prisma',
    'migrations/migration_lock.toml',
    ...migrations.map((name) => `migrations/${name}`),
  ];
  for (const entry of entries) {
    await cp(path.join(project.folder, entry), path.join(folder, entry), { recursive: true });
  }
  const url = `process.env['${project.urlVariable}']`;
  const config = `export default { schema: 'schema.prisma', migrations: { path: 'migrations' }, datasource: { url: ${url} } };\n`;
  await writeFile(path.join(folder, 'prisma.config.ts'), config);
}
