import { fileURLToPath } from 'node:url';

import { composeAuth } from '@supergraph/auth/compose';
import { readAuthConfig } from '@supergraph/auth/config';
import { composeBilling } from '@supergraph/billing/compose';
import { readBillingConfig } from '@supergraph/billing/config';
import { startSupervisedProcess, type SupervisedProcess } from '@supergraph/database/processes/supervised-process';
import { composeGateway } from '@supergraph/gateway/compose';
import { readGatewayConfig } from '@supergraph/gateway/config';
import type { ListenAddress } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';
import { composeProduct } from '@supergraph/product/compose';
import { readProductConfig } from '@supergraph/product/config';

export const serviceNames = ['auth', 'billing', 'product', 'gateway'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Settings by the names they have in the environment. */
export type Settings = Readonly<Record<string, string>>;

/** One of our services, which comes back at the same address whatever happens to it. */
export interface Service {
  readonly url: string;
  start(): Promise<void>;
  /** Asks it to stop, by SIGTERM where it is a process; answers how many milliseconds it took. */
  terminate(): Promise<number>;
  /** kill -9. Processes only, as are all that follow. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  pid(): number;
  /** Its last lines of output. */
  ended(): Promise<string>;
}

/** How a service is brought up. */
export interface ServiceOptions {
  readonly name: ServiceName;
  readonly port: number;
  readonly environment: Settings;
}

interface Composed {
  listen(address: ListenAddress): Promise<string>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

const compositions: Readonly<Record<ServiceName, (settings: Settings, by: { clock: Clock }) => Promise<Composed>>> = {
  auth: (settings, by) => composeAuth(readAuthConfig(settings), by),
  billing: (settings, by) => composeBilling(readBillingConfig(settings), by),
  product: (settings, by) => composeProduct(readProductConfig(settings), by),
  gateway: (settings, by) => composeGateway(readGatewayConfig(settings), by),
};

/** A service put together in this process. */
export function serviceInProcess(options: ServiceOptions, clock: Clock): Service {
  const { name, port, environment } = options;
  let composed: Composed | null = null;
  const notAProcess = (): never => {
    throw new Error(`${name} is no process of its own: aStack({ run: 'processes' })`);
  };
  return {
    url: `http://${host}:${port}`,
    async start() {
      composed ??= await compositions[name](environment, { clock });
      await composed.listen({ host, port });
    },
    async terminate() {
      const startedAt = performance.now();
      await composed?.close();
      composed = null;
      return performance.now() - startedAt;
    },
    kill: notAProcess,
    freeze: notAProcess,
    thaw: notAProcess,
    pid: notAProcess,
    ended: notAProcess,
  };
}

const folders: Readonly<Record<ServiceName, string>> = {
  auth: 'subgraphs/auth',
  billing: 'subgraphs/billing',
  product: 'subgraphs/product',
  gateway: 'gateway',
};
const mainOf = (name: ServiceName): string =>
  fileURLToPath(new URL(`../../../${folders[name]}/src/main.ts`, import.meta.url));

/** A service as it is started anywhere else; `launcher` goes before the command, such as `prlimit --nofile=64`. */
export function serviceProcess(options: ServiceOptions, launcher: readonly string[] = []): Service {
  const { name, port, environment } = options;
  let running: SupervisedProcess | null = null;
  const node = [process.execPath, '--import', 'tsx', mainOf(name)] as const;
  const [command, ...args] = [...launcher, ...node];
  const process_ = (): SupervisedProcess => {
    if (running === null) throw new Error(`${name} does not run`);
    return running;
  };
  const signal = (which: NodeJS.Signals): void => void process.kill(process_().pid, which);
  return {
    url: `http://${host}:${port}`,
    async start() {
      running = await startSupervisedProcess({
        command,
        args,
        env: environment,
        readyWhen: /"msg":"listening"/,
        readyWithinMs: 60_000,
        // A frozen process does not hear anything gentler.
        stopWith: [{ signal: 'SIGKILL', withinMs: 5_000 }],
      });
    },
    async terminate() {
      const startedAt = performance.now();
      if (running === null) return 0;
      signal('SIGTERM');
      await running.ended;
      running = null;
      return performance.now() - startedAt;
    },
    async kill() {
      await running?.stop();
      running = null;
    },
    freeze: () => {
      signal('SIGSTOP');
    },
    thaw: () => {
      signal('SIGCONT');
    },
    pid: () => process_().pid,
    ended: () => process_().ended,
  };
}
