import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deployMigrations } from './apply-migrations.ts';
import { databaseNames, projectOf } from './databases.ts';
import { makeAnew } from './make-anew.ts';
import { withConnection } from './maintenance-connection.ts';
import { runPrisma } from './prisma-cli.ts';
import { createEmptyDatabase } from './testing.ts';
import type { PrismaProject } from './testing/a-prisma-project.ts';
import { aPrismaProject } from './testing/a-prisma-project.ts';

// Each run of the official command line costs seconds, so the stories below go on side by side.

async function inProject(work: (project: PrismaProject, url: string) => Promise<void>): Promise<void> {
  const [project, database] = await Promise.all([aPrismaProject(), createEmptyDatabase()]);
  try {
    await work(project, database.url);
  } finally {
    await Promise.all([project.remove(), database.drop()]);
  }
}

const query = (url: string, sql: string): Promise<unknown[]> =>
  withConnection(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

describe('the migrate command', () => {
  it.concurrent('applies each migration once, whole, when three deploy at the same time', () =>
    inProject(async (project, url) => {
      const table = 'CREATE TABLE item (id int PRIMARY KEY, note text);';
      const body = `
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.note := upper(NEW.note) || ';'; RETURN NEW; END; $$;
        CREATE TRIGGER shout BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION shout();
        INSERT INTO item VALUES (1, 'a;b');`;
      await project.writeMigration('20260101000000_table', table);
      await project.writeMigration('20260102000000_function', body);

      const deploys = await Promise.all([1, 2, 3].map(() => runPrisma({ project, args: ['migrate', 'deploy'], url })));

      expect(deploys.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      expect(await query(url, 'SELECT * FROM item')).toEqual([{ id: 1, note: 'A;B;' }]);
      const rows = await query(
        url,
        `SELECT migration_name AS name, checksum, applied_steps_count AS steps, finished_at IS NOT NULL AS finished
           FROM _prisma_migrations ORDER BY migration_name`,
      );
      expect(rows).toEqual([
        { name: '20260101000000_table', checksum: sha256(table), steps: 1, finished: true },
        { name: '20260102000000_function', checksum: sha256(body), steps: 1, finished: true },
      ]);
      expect(await deployMigrations(project, url)).toBe('up to date');
    }),
  );

  it.concurrent('is not needed for a database that has nothing in it, and finds it as it would have made it', () =>
    inProject(async (project, url) => {
      await project.writeMigration('20260101000000_table', 'CREATE TABLE item (id int PRIMARY KEY);');
      await project.writeMigration('20260102000000_row', 'INSERT INTO item VALUES (1); INSERT INTO item VALUES (2);');

      expect(await makeAnew(project, url)).toBe(true);
      expect(await query(url, 'SELECT id FROM item ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
      expect(await makeAnew(project, url)).toBe(false);
      expect(await deployMigrations(project, url)).toBe('up to date');
      await expect(runPrisma({ project, args: ['migrate', 'status'], url })).resolves.toMatchObject({
        exitCode: 0,
        output: expect.stringContaining('Database schema is up to date'),
      });
      await project.writeMigration('20260103000000_more', 'INSERT INTO item VALUES (3);');
      expect(await deployMigrations(project, url)).toBe('applied');
      expect(await query(url, 'SELECT count(*)::int AS count FROM item')).toEqual([{ count: 3 }]);
    }),
  );

  it.concurrent('undoes a failing script whole and refuses to go on until somebody has looked at it', () =>
    inProject(async (project, url) => {
      const name = '20260101000000_broken';
      await project.writeMigration(name, 'CREATE TABLE half (id int); SELECT 1 / 0;');
      await expect(deployMigrations(project, url)).rejects.toThrow(/division by zero/);
      expect(await query(url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
      expect(await query(url, 'SELECT finished_at FROM _prisma_migrations')).toEqual([{ finished_at: null }]);
      await expect(deployMigrations(project, url)).rejects.toThrow(/P3009/);

      await runPrisma({ project, args: ['migrate', 'resolve', '--rolled-back', name], url });
      await project.writeMigration(name, 'CREATE TABLE half (id int);');
      expect(await deployMigrations(project, url)).toBe('applied');
    }),
  );

  it.concurrent('writes a migration from the schema, reports its state and compares the two', () =>
    inProject(async (project, url) => {
      await project.writeModels('model Item {\n  id Int @id\n  name String @unique\n}');
      const prisma = (...args: string[]): ReturnType<typeof runPrisma> => runPrisma({ project, args, url });

      await expect(prisma('migrate', 'dev', '--create-only', '--name', 'items')).resolves.toMatchObject({
        exitCode: 0,
      });
      const [migration] = await readdir(path.join(project.folder, 'migrations'));
      expect(migration).toMatch(/^\d{14}_items$/);
      await expect(prisma('migrate', 'status')).resolves.toMatchObject({
        exitCode: 1,
        output: expect.stringContaining('have not yet been applied'),
      });
      // Applying what is pending and going on to write the next one needs the shadow database twice.
      await project.writeModels('model Item {\n  id Int @id\n  name String @unique\n  note String?\n}');
      await expect(prisma('migrate', 'dev', '--name', 'notes')).resolves.toMatchObject({ exitCode: 0 });
      expect(await deployMigrations(project, url)).toBe('up to date');

      await project.writeModels('model Item {\n  id Int @id\n  name String\n  note String?\n}');
      const schema = path.join(project.folder, 'schema.prisma');
      await expect(
        prisma('migrate', 'diff', '--from-config-datasource', '--to-schema', schema, '--script', '--exit-code'),
      ).resolves.toMatchObject({ exitCode: 2, output: expect.stringContaining('DROP INDEX "Item_name_key"') });
      await expect(prisma('generate', '--no-hints')).resolves.toMatchObject({ exitCode: 0 });
      await expect(access(path.join(project.folder, 'generated', 'client.ts'))).resolves.toBeUndefined();
      expect(await query(url, `SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'`)).toEqual(
        [],
      );
    }),
  );

  it.concurrent.each(databaseNames)('makes exactly the tables of the %s schema', async (name) => {
    const project = projectOf(name);
    const database = await createEmptyDatabase();
    const comparison = ['--from-migrations', path.join(project.folder, 'migrations')];
    const target = ['--to-schema', path.join(project.folder, 'schema.prisma')];
    try {
      await expect(
        runPrisma({
          project,
          args: ['migrate', 'diff', ...comparison, ...target, '--script', '--exit-code'],
          url: database.url,
        }),
      ).resolves.toMatchObject({ exitCode: 0, output: expect.stringContaining('empty migration') });
    } finally {
      await database.drop();
    }
  });
});

describe('the engine behind it', () => {
  const resolveFrom = (place: string, name: string): string => path.dirname(createRequire(place).resolve(name));
  const commandLine = resolveFrom(import.meta.url, 'prisma/package.json');
  const engine = resolveFrom(import.meta.url, '@prisma/schema-engine-wasm/schema_engine_bg');

  it('is the official one, built from the commit that the command line was made for', () => {
    const engines = resolveFrom(path.join(commandLine, 'package.json'), '@prisma/engines/package.json');
    const wanted = resolveFrom(path.join(engines, 'package.json'), '@prisma/engines-version/package.json');
    expect(versionOf(engine)).toBe(versionOf(wanted));
    expect(checksumOf(path.join(engine, 'schema_engine_bg.wasm'))).toBe(
      checksumOf(path.join(commandLine, 'build', 'schema_engine_bg.wasm')),
    );
  });

  const versionOf = (folder: string): string | undefined =>
    /"version": "([^"]+)"/.exec(readFileSync(path.join(folder, 'package.json'), 'utf8'))?.[1];
  const checksumOf = (file: string): string => sha256(readFileSync(file));
});
