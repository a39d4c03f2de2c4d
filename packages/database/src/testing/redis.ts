import { findFreePort } from '../processes/free-port.ts';
import { ProcessNotReady, startSupervisedProcess } from '../processes/supervised-process.ts';
import { hasDocker, installPackage } from './on-this-machine.ts';
import type { TestServer } from './test-server.ts';

/** One way to get a Redis; undefined when this machine does not offer it. */
export type RedisSource = (environment: NodeJS.ProcessEnv) => Promise<TestServer | undefined>;

const noRedis =
  'The tests need Redis and found none: install redis-server or start Docker, or set TEST_REDIS_URL to a Redis 7.';

/** Starts an empty Redis, from the first of the sources that has one. */
export async function startTestRedis(
  environment: NodeJS.ProcessEnv,
  sources: readonly RedisSource[] = [startFromPath, startFromDocker, startFromDistribution],
): Promise<TestServer> {
  for (const source of sources) {
    const server = await source(environment);
    if (server !== undefined) return server;
  }
  throw new Error(noRedis);
}

function startFromPath(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  return startRedis(environment, (port) => ['redis-server', '--port', String(port), '--bind', '127.0.0.1']);
}

async function startFromDocker(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  if (!(await hasDocker(environment))) return undefined;
  const publish = (port: number): string => `127.0.0.1:${port}:6379`;
  return await startRedis(environment, (port) => [
    'docker',
    'run',
    '--rm',
    '--publish',
    publish(port),
    'redis:7-alpine',
    'redis-server',
  ]);
}

async function startFromDistribution(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  if (!(await installPackage(environment, 'redis-server'))) return undefined;
  return await startFromPath(environment);
}

async function startRedis(
  environment: NodeJS.ProcessEnv,
  commandFor: (port: number) => [string, ...string[]],
): Promise<TestServer | undefined> {
  const port = await findFreePort();
  const [command, ...args] = commandFor(port);
  try {
    const server = await startSupervisedProcess({
      command,
      args: [...args, '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
      env: environment,
      readyWhen: /Ready to accept connections/,
      readyWithinMs: 120_000,
      stopWith: [{ signal: 'SIGTERM', withinMs: 5_000 }],
    });
    return { url: `redis://127.0.0.1:${port}`, stop: () => server.stop() };
  } catch (error) {
    if (error instanceof ProcessNotReady) return undefined;
    throw error;
  }
}
