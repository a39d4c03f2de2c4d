import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseProject } from '../databases.ts';

const config = `export default {
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env['SHOP_DATABASE_URL'] ?? 'postgresql://unset' },
};
`;

const header = `datasource db {
  provider = "postgresql"
}

generator client {
  provider = "prisma-client"
  output   = "generated"
}
`;

export interface PrismaProject extends DatabaseProject {
  writeModels(models: string): Promise<void>;
  writeMigration(name: string, sql: string): Promise<void>;
  remove(): Promise<void>;
}

/** A Prisma project of its own in a temporary folder, with no models and no migrations yet. */
export async function aPrismaProject(): Promise<PrismaProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-prisma-'));
  const writeModels = (models: string): Promise<void> =>
    writeFile(path.join(folder, 'schema.prisma'), `${header}\n${models}\n`);
  await mkdir(path.join(folder, 'migrations'));
  await writeFile(path.join(folder, 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n');
  await writeFile(path.join(folder, 'prisma.config.ts'), config);
  await writeModels('');
  return {
    name: 'shop',
    folder,
    urlVariable: 'SHOP_DATABASE_URL',
    writeModels,
    writeMigration: async (name, sql) => {
      await mkdir(path.join(folder, 'migrations', name), { recursive: true });
      await writeFile(path.join(folder, 'migrations', name, 'migration.sql'), sql);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
