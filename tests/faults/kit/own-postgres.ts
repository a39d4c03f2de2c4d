import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { databaseNames, projectOf, type DatabaseName } from '@supergraph/database/databases';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@supergraph/database/embedded-postgres';
import { ensureDatabase } from '@supergraph/database/ensure-database';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { readMigrations } from '@supergraph/database/migrations-folder';
import { errorCode } from '@supergraph/database/processes/error-code';
import { findFreePort } from '@supergraph/database/processes/free-port';
import { isAlive } from '@supergraph/database/processes/is-alive';
import { removeAtOurEnd } from '@supergraph/database/processes/lifeline';
import { eventually } from '@supergraph/database/testing/eventually';

const run = promisify(execFile);

/** A PostgreSQL server of the test's own, with our databases, that can be treated as badly as a real one is. */
export interface OwnPostgres {
  readonly port: number;
  urlOf(database: DatabaseName | 'postgres'): string;
  /** kill -9 of the server; its backends find out by themselves. */
  kill(): Promise<void>;
  /** Stops it at once without writing anything down, as `pg_ctl stop -m immediate`. */
  stopImmediately(): Promise<void>;
  /** Starts it again at the same address, over what a crash has left. */
  start(): Promise<void>;
  /** Stops every process of it where it stands: connections stay open and nothing is answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Takes all room that is left on its disk; only with `diskMegabytes`. */
  fillDisk(): Promise<void>;
  freeDisk(): Promise<void>;
  close(): Promise<void>;
}

export interface OwnPostgresOptions {
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps the data on a disk of this size; needs the right to mount one. A new cluster takes about 80. */
  readonly diskMegabytes?: number;
}

/** What a killed process has written is there all the same; only a power cut would need it on the disk. */
const quick = { fsync: 'off' };

/** Starts a server on a copy of a cluster that is made and migrated once by each process that runs tests. */
export async function startOwnPostgres({
  settings = {},
  diskMegabytes,
}: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const template = await clusterTemplate();
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-own-postgres-'));
  const lifeline = removeAtOurEnd(folder);
  if (diskMegabytes !== undefined) await run('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'tmpfs', folder]);
  await run('cp', ['-a', `${template}/.`, folder]);

  const port = await findFreePort();
  const launch = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ folder, port, settings: { ...quick, ...settings } });
  let server = await launch();
  const urlOf: OwnPostgres['urlOf'] = (database) => server.urlOf(database);
  const balloon = path.join(folder, 'balloon');

  const postmaster = async (): Promise<number> =>
    Number((await readFile(path.join(folder, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);

  /** The postmaster first, so that it makes no more of them. Each has a process group of its own. */
  async function signalAll(signal: NodeJS.Signals): Promise<void> {
    const parent = await postmaster();
    process.kill(parent, signal);
    for (const child of await childrenOf(parent)) if (isAlive(child)) process.kill(child, signal);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const parent = await postmaster();
    const all = [parent, ...(await childrenOf(parent))];
    process.kill(parent, signal);
    await eventually(() => !all.some(isAlive));
    await server.stop();
  }

  return {
    port,
    urlOf,
    kill: () => end('SIGKILL'),
    stopImmediately: () => end('SIGQUIT'),
    async start() {
      server = await launch();
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async fillDisk() {
      if (diskMegabytes === undefined) throw new Error('only a disk of its own can be filled: give diskMegabytes');
      const { bavail, bsize } = await statfs(folder);
      await writeFile(balloon, Buffer.alloc(bavail * bsize)).catch(unlessFull);
      await writeFile(balloon, Buffer.alloc(bsize * 1_024), { flag: 'a' }).catch(unlessFull);
    },
    freeDisk: () => rm(balloon, { force: true }),
    async close() {
      await rm(balloon, { force: true });
      await signalAll('SIGCONT').catch(unlessGone);
      await server.stop();
      if (diskMegabytes !== undefined) await run('umount', [folder]);
      await rm(folder, { recursive: true, force: true });
      lifeline.release();
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('pgrep', ['-P', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean).map(Number);
}

/**
 * Made under another name first: what has the right name is complete. It goes when this process ends, which may be while
 * the next one begins, so each has its own.
 */
async function clusterTemplate(): Promise<string> {
  const template = path.join(tmpdir(), `supergraph-cluster-${process.env['TEST_RUN_ID'] ?? ''}-${process.pid}`);
  if (await isThere(template)) return template;
  const draft = await mkdtemp(path.join(tmpdir(), 'supergraph-cluster-draft-'));
  const server = await startEmbeddedPostgres({ folder: draft, refuge: path.join(draft, 'refuge'), settings: quick });
  for (const database of databaseNames) {
    await ensureDatabase(server.urlOf(database));
    const migrations = await readMigrations(projectOf(database).folder);
    await withConnection(server.urlOf(database), async (client) => {
      for (const { sql } of migrations) await client.query(sql);
    });
  }
  await server.stop();
  removeAtOurEnd(template);
  await rename(draft, template).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await isThere(template))) throw error;
  });
  return template;
}

const isThere = (folder: string): Promise<boolean> =>
  statfs(folder).then(
    () => true,
    () => false,
  );

function unlessFull(error: unknown): void {
  if (errorCode(error) !== 'ENOSPC') throw error;
}

function unlessGone(error: unknown): void {
  const code = errorCode(error);
  if (code !== 'ESRCH' && code !== 'ENOENT') throw error;
}
