import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../processes/free-port.ts';
import { removeAtOurEnd } from '../processes/lifeline.ts';
import { startSupervisedProcess, type StopStep, type SupervisedProcess } from '../processes/supervised-process.ts';

/** A RabbitMQ on this machine in a folder of its own: ended and started again, it still has what it had. */
export interface RabbitNode {
  readonly url: string;
  start(): Promise<SupervisedProcess>;
  /** Once it has ended. */
  remove(): Promise<void>;
}

/** Debian's command on PATH insists on the user `rabbitmq`; this is what it hands over to. */
const debianScript = '/usr/lib/rabbitmq/bin/rabbitmq-server';
/** Nobody answers there, so no daemon of Erlang's is looked for, started or left behind. */
const noPortMapper = '1';

/** Makes a node that is not started yet, on free ports of the loopback. */
export async function createRabbitNode(
  environment: NodeJS.ProcessEnv,
  stopWith: readonly [StopStep, ...StopStep[]],
): Promise<RabbitNode> {
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraph-rabbit-'));
  const lifeline = removeAtOurEnd(folder);
  const [port, nodePort] = [await findFreePort(), await findFreePort()];
  const inFolder = (name: string): string => path.join(folder, name);
  const env = {
    ...environment,
    // The cookie lies there; files that do not exist keep the machine's own settings out.
    HOME: folder,
    RABBITMQ_CONF_ENV_FILE: inFolder('environment'),
    RABBITMQ_CONFIG_FILE: inFolder('settings'),
    RABBITMQ_ADVANCED_CONFIG_FILE: inFolder('advanced'),
    RABBITMQ_ENABLED_PLUGINS_FILE: inFolder('plugins'),
    RABBITMQ_MNESIA_BASE: inFolder('database'),
    RABBITMQ_LOG_BASE: inFolder('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_NODENAME: 'test@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    ERL_EPMD_PORT: noPortMapper,
    // Makes the script become the server instead of standing before it, so that signals reach it.
    RABBITMQ_ALLOW_INPUT: 'true',
    RABBITMQ_SERVER_START_ARGS: [
      '-noinput -sname test@localhost -start_epmd false',
      `-erl_epmd_port ${nodePort} -kernel inet_dist_use_interface {127,0,0,1}`,
    ].join(' '),
  };
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    start: () =>
      startSupervisedProcess({
        command: existsSync(debianScript) ? debianScript : 'rabbitmq-server',
        args: [],
        env,
        readyWhen: /Server startup complete/,
        readyWithinMs: 60_000,
        stopWith,
      }),
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      lifeline.release();
    },
  };
}
