import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../testing/eventually.ts';
import { isAlive } from './is-alive.ts';
import type { SupervisedProcess, SupervisedProcessOptions } from './supervised-process.ts';
import { startSupervisedProcess } from './supervised-process.ts';

const started: SupervisedProcess[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function startShell(script: string, options: Partial<SupervisedProcessOptions> = {}): Promise<SupervisedProcess> {
  const server = await startSupervisedProcess({
    command: '/bin/sh',
    args: ['-c', script],
    env: { PATH: '/usr/bin:/bin' },
    readyWhen: /ready/,
    readyWithinMs: 5_000,
    stopWith: [{ signal: 'SIGTERM', withinMs: 200 }],
    ...options,
  });
  started.push(server);
  return server;
}

describe('a supervised process', () => {
  it('is handed over once it says that it is ready, and is gone when stopped', async () => {
    const server = await startShell('echo ready >&2; exec sleep 60');
    expect(isAlive(server.pid)).toBe(true);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('is killed when it ignores every polite signal', async () => {
    const server = await startShell('trap "" TERM; echo ready; while :; do sleep 0.1; done');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('tells its last words when it ends by itself', async () => {
    const server = await startShell('echo ready; echo goodbye');
    expect(await server.ended).toBe('ready\ngoodbye');
  });

  it('fails to start with what it wrote when it ends before it is ready', async () => {
    await expect(startShell('echo no room; exit 1')).rejects.toMatchObject({ reason: 'ended', output: 'no room' });
  });

  it('is stopped when it does not become ready in time', async () => {
    // as long as even a busy machine may take until the shell has told who it is
    const hanging = startShell('echo $$; exec sleep 60', { readyWithinMs: 2_000 });
    const failure = await hanging.catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'timeout' });
    expect(isAlive(Number(Reflect.get(Object(failure), 'output')))).toBe(false);
  });

  it('fails to start when there is no such executable', async () => {
    await expect(startShell('', { command: '/no/such/program' })).rejects.toMatchObject({
      reason: 'not-executable',
      cause: { code: 'ENOENT' },
    });
  });
});

describe('a lifeline', () => {
  const sourceOf = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

  it('ends the process and removes the folder of an owner that is killed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-lifeline-'));
    const program = `
      import { removeAtOurEnd } from ${sourceOf('./lifeline.ts')};
      import { startSupervisedProcess } from ${sourceOf('./supervised-process.ts')};
      removeAtOurEnd(${JSON.stringify(folder)});
      const { pid } = await startSupervisedProcess({
        command: '/bin/sh', args: ['-c', 'echo ready; exec sleep 60'], env: process.env, readyWhen: /ready/,
        readyWithinMs: 5000, stopWith: [{ signal: 'SIGTERM', withinMs: 1000 }],
      });
      console.log(pid);`;
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program]);
    try {
      const [written] = (await once(owner.stdout, 'data')) as [Buffer];
      const pid = Number(written.toString());
      expect(isAlive(pid)).toBe(true);
      owner.kill('SIGKILL');
      await eventually(() => !isAlive(pid) && !existsSync(folder));
    } finally {
      owner.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
