import { tmpdir } from 'node:os';

import { findFreePort } from '@supergraph/database/processes/free-port';
import { startSupervisedProcess } from '@supergraph/database/processes/supervised-process';

/** The Redis that the whole test run shares; tests keep apart by key prefix. */
export { testRedisUrl as sharedRedisUrl, unspentRedisUrl } from '@supergraph/database/testing';

/** A Redis of the test's own, to be frozen, killed and started again at the same address. */
export interface RedisProcess {
  readonly url: string;
  /** Stops the process where it stands: connections stay open and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Kills it without notice; nothing it held is kept. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts `redis-server` from PATH on a free port of the loopback, without persistence. */
export async function startRedisProcess(): Promise<RedisProcess> {
  const port = await findFreePort();
  let server = await launch(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
    kill: () => server.stop(),
    async start() {
      await server.stop();
      server = await launch(port);
    },
  };
}

const launch = (port: number) =>
  startSupervisedProcess({
    command: 'redis-server',
    // A replica writes down what it is sent, wherever it stands.
    args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', tmpdir(), '--save', '', '--appendonly', 'no'],
    env: process.env,
    readyWhen: /Ready to accept connections/,
    readyWithinMs: 10_000,
    // A frozen process does not hear anything gentler.
    stopWith: [{ signal: 'SIGKILL', withinMs: 5_000 }],
  });
