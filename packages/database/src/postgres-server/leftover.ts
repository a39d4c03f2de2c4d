import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from '../processes/is-alive.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { Cluster } from './cluster.ts';
import { inspectOwner, serverAddress } from './owner.ts';

const run = promisify(execFile);
const pollMs = 50;
/** How long an owner that was just killed may still seem to be there. */
const dyingMs = 1_500;

/** Process number of a stranger that has inherited the number of a server which crashed; undefined otherwise. */
export type StrangerPid = number | undefined;

/**
 * Makes sure that no server runs on the cluster any more: one whose owner was killed is shut down, losing
 * nothing that was committed; one that is still owned makes this reject with FOLDER_IN_USE.
 */
export async function clearLeftover(cluster: Cluster, withinMs: number): Promise<StrangerPid> {
  const startedMs = Date.now();
  let isToldToStop = false;
  for (;;) {
    const running = await readPostmasterFile(cluster.path);
    if (running === undefined || !isAlive(running.pid)) return undefined;
    if (!(await isServerOf(cluster.path, running.pid))) return running.pid;
    const passedMs = Date.now() - startedMs;
    if (passedMs > withinMs) throw inUse(cluster.path, `server process ${running.pid}, which does not stop`);

    const owner = isToldToStop ? 'unknown' : await inspectOwner(serverAddress(cluster, running.port, 'postgres'));
    if (typeof owner === 'object' && passedMs > dyingMs) throw inUse(cluster.path, owner.name);
    if (owner === 'none') {
      process.kill(running.pid, 'SIGINT');
      isToldToStop = true;
    }
    await pause(pollMs);
  }
}

export const inUse = (folder: string, by: string): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'FOLDER_IN_USE',
    `The database in ${folder} is in use by ${by}; stop that one first, or give this one another folder.`,
  );

interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** PostgreSQL's own lock file: process number on the first line, port on the fourth. */
export async function readPostmasterFile(cluster: string): Promise<RunningServer | undefined> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return pid > 0 ? { pid, port } : undefined;
}

async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  const commandLine =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : await run('ps', ['-o', 'command=', '-p', String(pid)]).then(
          ({ stdout }) => stdout,
          () => '',
        );
  return commandLine.includes(cluster);
}
