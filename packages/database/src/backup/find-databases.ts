import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseName } from '../databases.ts';
import { databaseNames, projectOf } from '../databases.ts';
import { useEmbeddedPostgres } from '../use-embedded-postgres.ts';
import { BackupRefused } from './backup-refused.ts';
import type { DatabaseAddress } from './take-backup.ts';

/** Settings by their names in the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `npm start` keeps everything, unless told otherwise. */
export const dataFolder = (environment: Environment): string => path.resolve(environment['DATA_DIR'] ?? '.data');

/**
 * Finds databases where the services find them: at the addresses in the environment, or, when there is none at all, in
 * the embedded server, which is started for as long as `work` takes unless it runs.
 */
export async function withDatabases<T>(
  wish: {
    readonly environment: Environment;
    readonly only: readonly DatabaseName[];
    /** Whether an embedded server may be made where there is none yet. */
    readonly mayMake: boolean;
    readonly say: (sentence: string) => void;
  },
  work: (databases: readonly DatabaseAddress[]) => Promise<T>,
): Promise<T> {
  const given = (name: DatabaseName): string => wish.environment[projectOf(name).urlVariable] ?? '';
  if (databaseNames.some((name) => given(name) !== '')) {
    const missing = wish.only.filter((name) => given(name) === '').map((name) => projectOf(name).urlVariable);
    if (missing.length > 0)
      throw new BackupRefused(`Set ${missing.join(', ')} as well, or name the database with --db.`);
    return await work(wish.only.map((name) => ({ name, url: given(name) })));
  }

  const folder = path.join(dataFolder(wish.environment), 'postgres');
  if (!wish.mayMake && !existsSync(folder)) {
    throw new BackupRefused(`There is no database in ${folder}: set the *_DATABASE_URL, or DATA_DIR.`);
  }
  const server = await useEmbeddedPostgres({ folder, say: wish.say });
  try {
    return await work(wish.only.map((name) => ({ name, url: server.urlOf(name) })));
  } finally {
    await server.release();
  }
}
