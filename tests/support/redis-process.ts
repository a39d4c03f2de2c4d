import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

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

/** The Redis that the whole test run shares; tests keep apart by key prefix. */
export function sharedRedisUrl(): string {
  const url = process.env['TEST_REDIS_URL'];
  if (url === undefined) throw new Error('TEST_REDIS_URL is not set; the test run starts Redis and sets it');
  return url;
}

/** Starts `redis-server` from PATH on a free port of the loopback, without persistence. */
export async function startRedisProcess(): Promise<RedisProcess> {
  const port = await findFreePort();
  let server = await launch(port);

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    kill,
    async start() {
      await kill();
      server = await launch(port);
    },
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(server, 'error').then(([error]) => {
    throw new Error('redis-server must be on PATH for the tests that freeze and kill it', { cause: error });
  });
  await Promise.race([isAccepting(server), failed]);
  return server;
}

async function isAccepting(server: ChildProcess): Promise<void> {
  const { stdout } = server;
  if (stdout === null) throw new Error('redis-server was started without its output');
  for await (const line of createInterface(stdout)) {
    if (!line.includes('Ready to accept connections')) continue;
    // Nobody reads on: a full pipe would freeze the server.
    stdout.resume();
    return;
  }
  throw new Error('redis-server ended before it accepted connections');
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port');
  return address.port;
}
