import { spawn } from 'node:child_process';
import { signalAtOurEnd } from './lifeline.ts';
import { keepOutput } from './process-output.ts';
import { settledWithin } from './settled-within.ts';

export interface ProcessIdentity {
  readonly uid: number;
  readonly gid: number;
}

export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly withinMs: number;
}

export interface SupervisedProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whom to run as; left out, as ourselves. */
  readonly identity?: ProcessIdentity | undefined;
  /** A line of output that says the process is ready to serve. */
  readonly readyWhen: RegExp;
  readonly readyWithinMs: number;
  /** Tried in turn when stopping, then SIGKILL; the first signal is also sent when this process dies. */
  readonly stopWith: readonly [StopStep, ...StopStep[]];
}

export interface SupervisedProcess {
  readonly pid: number;
  /** Settles with the last lines of output once the process has ended, whoever ended it. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** The process ended, hung or could not be executed before it was ready. */
export class ProcessNotReady extends Error {
  readonly reason: 'ended' | 'timeout' | 'not-executable';
  readonly output: string;
  constructor(reason: ProcessNotReady['reason'], output: string, options?: ErrorOptions) {
    super(`The process did not become ready: ${reason}\n${output}`, options);
    this.reason = reason;
    this.output = output;
  }
}

/**
 * Starts a server and waits until it is ready. It runs in a session of its own, so that Ctrl-C reaches
 * only this process, and it is told to stop when this process dies, even by SIGKILL.
 */
export async function startSupervisedProcess(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
  const { command, args, env, identity, readyWhen, readyWithinMs, stopWith } = options;
  const child = spawn(command, args, { ...identity, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = keepOutput(child);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => {
      resolve(output.text());
    });
  });
  const failedToSpawn = new Promise<unknown>((resolve) => child.on('error', resolve));
  const { pid } = child;
  if (pid === undefined) throw new ProcessNotReady('not-executable', '', { cause: await failedToSpawn });

  const lifeline = signalAtOurEnd(pid, stopWith[0].signal);
  void ended.then(() => {
    lifeline.release();
  });

  async function stop(): Promise<void> {
    for (const { signal, withinMs } of stopWith) {
      if (hasEnded()) break;
      child.kill(signal);
      if (await settledWithin(ended, withinMs)) return;
    }
    if (!hasEnded()) child.kill('SIGKILL');
    await ended;
  }

  const isSettled = await settledWithin(Promise.race([output.lineMatching(readyWhen), ended]), readyWithinMs);
  if (!isSettled || hasEnded()) {
    await stop();
    throw new ProcessNotReady(isSettled ? 'ended' : 'timeout', output.text());
  }
  return { pid, ended, stop };
}
