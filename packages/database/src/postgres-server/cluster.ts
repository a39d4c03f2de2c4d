import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../processes/error-code.ts';
import { isAlive } from '../processes/is-alive.ts';
import type { PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError, useRealDatabases } from './embedded-postgres-error.ts';
import type { ServerFolder } from './server-folder.ts';

const run = promisify(execFile);
const initialiseWithinMs = 60_000;

export const superuser = 'supergraph';

/** Messages in English, because some are read by this program, and times in UTC. */
export const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC' } as const;

export interface Cluster {
  readonly path: string;
  readonly password: string;
}

/** Opens the database cluster in `folder`, made on the first call with a random password kept beside it. */
export async function openCluster(folder: ServerFolder, binaries: PostgresBinaries): Promise<Cluster> {
  const cluster = path.join(folder.path, 'cluster');
  const passwordFile = path.join(folder.path, 'password');
  if (!(await exists(cluster))) await createCluster({ folder, binaries, cluster, passwordFile });
  const password = await readFile(passwordFile, 'utf8').catch((cause: unknown) => {
    throw new EmbeddedPostgresError(
      'FOLDER_UNUSABLE',
      `The password of the database in ${cluster} cannot be read from ${passwordFile}; run as the user who made it, ` +
        `or remove ${folder.path} to start with an empty database.`,
      { cause },
    );
  });
  return { path: cluster, password: password.trim() };
}

/** Everything is made under another name first: a cluster that exists is complete, also after a crash. */
async function createCluster(target: {
  readonly folder: ServerFolder;
  readonly binaries: PostgresBinaries;
  readonly cluster: string;
  readonly passwordFile: string;
}): Promise<void> {
  const { folder, binaries, cluster, passwordFile } = target;
  await removeAbandonedDrafts(folder.path);
  const draft = path.join(folder.path, `cluster-of-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    ignoreExisting,
  );
  if (folder.identity !== undefined) {
    const { uid, gid } = folder.identity;
    await Promise.all([chown(draft, uid, gid), chown(passwordFile, uid, gid)]);
  }
  try {
    await initialise({ folder, initdb: binaries.initdb, draft, passwordFile });
    await rename(draft, cluster);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process may have made the cluster meanwhile, with the same password.
    if (!(await exists(cluster))) throw error;
  }
}

/** What a process that was killed at this point has left. */
async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const maker = /^cluster-of-(\d+)-/.exec(entry)?.[1];
    if (maker === undefined || isAlive(Number(maker))) continue;
    await rm(path.join(folder, entry), { recursive: true, force: true });
  }
}

async function initialise(target: {
  readonly folder: ServerFolder;
  readonly initdb: string;
  readonly draft: string;
  readonly passwordFile: string;
}): Promise<void> {
  const { folder, initdb, draft, passwordFile } = target;
  const options = [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  try {
    await run(initdb, options, { ...folder.identity, env: serverEnvironment, timeout: initialiseWithinMs });
  } catch (cause) {
    throw initialisationFailed(draft, cause);
  }
}

function initialisationFailed(draft: string, cause: unknown): EmbeddedPostgresError {
  if (isMissingLoader(cause)) return unsupportedSystem(cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedPostgresError('START_FAILED', `PostgreSQL could not create a cluster in ${draft}: ${reason}`, {
    cause,
  });
}

/** The executable is there and yet "not found": its loader is missing, as on Alpine, which has no glibc. */
export const isMissingLoader = (error: unknown): boolean => errorCode(error) === 'ENOENT';

export const unsupportedSystem = (cause: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'UNSUPPORTED_PLATFORM',
    `The embedded PostgreSQL needs a system with glibc, which this one is not; ${useRealDatabases}`,
    { cause },
  );

const exists = (target: string): Promise<boolean> =>
  access(target).then(
    () => true,
    () => false,
  );

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}
