import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { copyReadable } from './copy-readable.ts';
import { errorCode } from '../processes/error-code.ts';
import { EmbeddedPostgresError, useRealDatabases } from './embedded-postgres-error.ts';
import { isReachable } from './reachable.ts';
import type { ServerFolder } from './server-folder.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Finds the executables in the npm package of this platform; copied into `folder` where its user cannot reach them. */
export async function prepareBinaries(
  folder: ServerFolder,
  platform = `${process.platform}-${process.arch}`,
): Promise<PostgresBinaries> {
  const native = locatePackage(platform);
  const isUsable =
    folder.identity === undefined || (await isReachable(path.join(native, 'bin', 'postgres'), folder.identity));
  if (isUsable && (await linkLibraries(native))) return executablesIn(native);
  const home = path.join(folder.path, `postgresql-${await versionOf(native)}`);
  await copyReadable(native, home);
  await linkLibraries(home);
  return executablesIn(home);
}

const executablesIn = (home: string): PostgresBinaries => ({
  postgres: path.join(home, 'bin', 'postgres'),
  initdb: path.join(home, 'bin', 'initdb'),
});

function locatePackage(platform: string): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    // The binaries are optional dependencies of `embedded-postgres`, so they are looked up from there.
    const wrapper = createRequire(import.meta.resolve('embedded-postgres'));
    return path.resolve(wrapper.resolve(name), '../../native');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'UNSUPPORTED_PLATFORM',
      `No embedded PostgreSQL is installed for ${platform} (${name}); ${useRealDatabases}`,
      { cause },
    );
  }
}

async function versionOf(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8'));
  const version: unknown = typeof manifest === 'object' && manifest !== null && Reflect.get(manifest, 'version');
  if (typeof version !== 'string') throw new Error(`${native} belongs to a package without a version`);
  return version;
}

/**
 * npm packages cannot carry symbolic links, so the short names of the libraries are linked here (install
 * scripts, which could do it too, are denied). False when the folder is read-only for us.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list: unknown = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of readLinks(list)) {
    const link = path.join(native, path.relative('native', target));
    try {
      await symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

function readLinks(list: unknown): LibraryLink[] {
  if (!Array.isArray(list) || !list.every(isLink)) throw new Error('pg-symlinks.json does not list library links');
  return list;
}

const isLink = (value: unknown): value is LibraryLink =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  'target' in value &&
  typeof value.source === 'string' &&
  typeof value.target === 'string';
