import { createRabbitNode } from '@supergraph/database/testing/rabbit-node';

/** A RabbitMQ of the test's own, to be frozen, killed and started again at the same address with what it had. */
export interface RabbitProcess {
  readonly url: string;
  readonly port: number;
  /** Stops the process where it stands: connections stay open and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Kills it without notice. RabbitMQ 3.10 forgets a queue that was made less than three seconds before. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Kills it and forgets what it had. */
  remove(): Promise<void>;
}

/** Starts `rabbitmq-server` on a free port of the loopback; takes about five seconds, as `start` does. */
export async function startRabbitProcess(): Promise<RabbitProcess> {
  // A frozen process does not hear anything gentler.
  const node = await createRabbitNode(process.env, [{ signal: 'SIGKILL', withinMs: 5_000 }]);
  let server = await node.start();
  return {
    url: node.url,
    port: Number(new URL(node.url).port),
    freeze: () => void process.kill(server.pid, 'SIGSTOP'),
    thaw: () => void process.kill(server.pid, 'SIGCONT'),
    kill: () => server.stop(),
    async start() {
      await server.stop();
      server = await node.start();
    },
    async remove() {
      await server.stop();
      await node.remove();
    },
  };
}
