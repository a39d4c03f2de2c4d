import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startSupervisedProcess } from '@supergraph/database/processes/supervised-process';

/** A process of the product, and everything it has written. */
export interface LoggedProcess {
  readonly pid: number;
  log(): string;
  stop(): Promise<void>;
}

const stopsWithinMs = 20_000;

/** Starts one of the product's programs as anybody would; what it writes goes into a file as well. */
export async function startLogged(options: {
  /** From the root of the repository. */
  readonly program: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly readyWhen: RegExp;
}): Promise<LoggedProcess> {
  const { program, file, environment, readyWhen } = options;
  const script = fileURLToPath(new URL(`../../../${program}`, import.meta.url));
  const server = await startSupervisedProcess({
    command: 'bash',
    args: ['-c', 'exec "$@" > >(tee -a "$0") 2>&1', file, process.execPath, '--import', 'tsx', script],
    env: environment,
    readyWhen,
    readyWithinMs: 120_000,
    stopWith: [{ signal: 'SIGTERM', withinMs: stopsWithinMs }],
  });
  const log = (): string => readFileSync(file, 'utf8');
  // what is said is heard a moment before it is written down
  while (!readyWhen.test(log())) await pause(10);
  return { pid: server.pid, log, stop: () => server.stop() };
}
