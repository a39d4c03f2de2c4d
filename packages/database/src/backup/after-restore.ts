import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../processes/error-code.ts';

const fileName = 'after-restore.sql';

/**
 * What has to be set right in restored rows because others, KOS and clients, remember more than they do: the script beside
 * the newest of these migrations that has one, so that it fits the tables it is run on. Null without one.
 */
export async function readAfterRestore(projectFolder: string, migrations: readonly string[]): Promise<string | null> {
  for (const migration of migrations.toSorted().reverse()) {
    const script = await readIfThere(path.join(projectFolder, 'migrations', migration, fileName));
    if (script !== null) return script;
  }
  return null;
}

async function readIfThere(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
}
