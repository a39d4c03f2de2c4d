import { createHash } from 'node:crypto';
import path from 'node:path';
import type { DatabaseName, DatabaseProject } from '../databases.ts';
import { projectOf } from '../databases.ts';
import { readMigrations } from '../migrations-folder.ts';
import { allEnded } from './all-ended.ts';
import { databasesIn, readDatabaseFolder } from './backup-folder.ts';
import { BackupRefused, explained } from './backup-refused.ts';
import type { Manifest } from './manifest.ts';
import { readTableContent, tableFileName } from './table-file.ts';

/** The backup of one database, found to be whole and to be one that this version can restore. */
export interface WholeBackup {
  readonly manifest: Manifest;
  readonly project: DatabaseProject;
  readonly fileOf: (table: string) => string;
}

/** Reads every byte of a backup before anybody relies on it. Rejects with BackupRefused, in one sentence. */
export async function openBackup(of: {
  readonly folder: string;
  /** All that are in it when left out. */
  readonly databases?: readonly DatabaseName[] | undefined;
  /** Where the migrations of a database are. */
  readonly findProject?: (database: DatabaseName) => DatabaseProject;
}): Promise<readonly WholeBackup[]> {
  const { findProject = projectOf } = of;
  const held = await databasesIn(of.folder);
  const absent = of.databases?.find((name) => !held.includes(name));
  if (absent !== undefined) throw new BackupRefused(`The ${absent} database is not in ${of.folder}.`);
  return await allEnded((of.databases ?? held).map((name) => openOne(of.folder, name, findProject(name))));
}

async function openOne(backup: string, database: DatabaseName, project: DatabaseProject): Promise<WholeBackup> {
  const fileOf = (table: string): string => path.join(backup, database, tableFileName(table));
  const manifest = await explained(`The backup of ${database} is not whole`, () =>
    readDatabaseFolder(backup, database),
  );
  await compareMigrations(manifest, project);
  for (const { name, rows, sha256 } of manifest.tables) {
    const file = fileOf(name);
    const content = await explained(`${file} is damaged`, () => readTableContent(file));
    if (content.sha256 !== sha256) throw new BackupRefused(`${file} is damaged: its checksum does not fit.`);
    if (content.rows !== rows) throw new BackupRefused(`${file} holds ${content.rows} rows, and should hold ${rows}.`);
  }
  return { manifest, project, fileOf };
}

/** Rows fit the tables that they were written for: those must be ones this version can make. */
async function compareMigrations({ database, migrations }: Manifest, { folder }: DatabaseProject): Promise<void> {
  const written = new Map((await readMigrations(folder)).map(({ name, sql }) => [name, sql]));
  for (const { name, checksum } of migrations) {
    const sql = written.get(name);
    if (sql === undefined) {
      throw new BackupRefused(
        `The backup of ${database} has migration ${name}, which this version does not know: restore it with the version that wrote it.`,
      );
    }
    if (createHash('sha256').update(sql).digest('hex') !== checksum) {
      throw new BackupRefused(
        `The backup of ${database} was made with another migration ${name} than this version has.`,
      );
    }
  }
}
