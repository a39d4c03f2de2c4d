import { findFreePort } from '../processes/free-port.ts';
import { ProcessNotReady, startSupervisedProcess } from '../processes/supervised-process.ts';
import { hasDocker, installPackage } from './on-this-machine.ts';
import { createRabbitNode } from './rabbit-node.ts';
import { givenServer, type TestServer } from './test-server.ts';

/** One way to get a RabbitMQ; undefined when this machine does not offer it. */
export type RabbitSource = (environment: NodeJS.ProcessEnv) => Promise<TestServer | undefined>;

const noRabbit =
  'This test needs RabbitMQ and found none: install rabbitmq-server or start Docker, or set TEST_AMQP_URL to a RabbitMQ 3.10 or newer.';

/**
 * Finds in the environment, or starts, a RabbitMQ. That takes five seconds, so only those who need one ask: in a given
 * one, use exchanges and queues of your own.
 */
export async function startTestRabbit(
  environment: NodeJS.ProcessEnv,
  sources: readonly RabbitSource[] = [given, startFromPath, startFromDocker, startFromDistribution],
): Promise<TestServer> {
  for (const source of sources) {
    const server = await source(environment);
    if (server !== undefined) return server;
  }
  throw new Error(noRabbit);
}

function given({ TEST_AMQP_URL, AMQP_URL }: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  const url = TEST_AMQP_URL ?? AMQP_URL;
  return Promise.resolve(url === undefined ? undefined : givenServer(url));
}

async function startFromPath(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  const node = await createRabbitNode(environment, [{ signal: 'SIGTERM', withinMs: 10_000 }]);
  const server = await orNothing(node.start());
  if (server === undefined) {
    await node.remove();
    return undefined;
  }
  return {
    url: node.url,
    stop: async () => {
      await server.stop();
      await node.remove();
    },
  };
}

async function startFromDocker(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  if (!(await hasDocker(environment))) return undefined;
  const port = await findFreePort();
  const server = await orNothing(
    startSupervisedProcess({
      command: 'docker',
      args: ['run', '--rm', '--publish', `127.0.0.1:${port}:5672`, 'rabbitmq:4.2-alpine'],
      env: environment,
      readyWhen: /Server startup complete/,
      readyWithinMs: 300_000,
      stopWith: [{ signal: 'SIGTERM', withinMs: 10_000 }],
    }),
  );
  return server && { url: `amqp://guest:guest@127.0.0.1:${port}`, stop: () => server.stop() };
}

async function startFromDistribution(environment: NodeJS.ProcessEnv): Promise<TestServer | undefined> {
  return (await installPackage(environment, 'rabbitmq-server')) ? await startFromPath(environment) : undefined;
}

async function orNothing<Server>(starting: Promise<Server>): Promise<Server | undefined> {
  try {
    return await starting;
  } catch (error) {
    if (error instanceof ProcessNotReady) return undefined;
    throw error;
  }
}
