import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

import { internalPem } from './stand-in-subgraphs.ts';
import { until } from './until.ts';

/** A gateway in a process of its own, as it is started in production. */
export interface GatewayProcess {
  readonly url: string;
  readonly processId: number;
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** Its exit code, and how long it took from the first signal. */
  readonly ended: Promise<{ readonly code: number | null; readonly tookMs: number }>;
  readonly printed: () => string;
}

const mainScript = 'main.ts';
const slowestStartMs = 60_000;

/** Starts a script of the gateway; with a limit of descriptors it gets no more of them, whatever the machine allows. */
export async function aGatewayProcess(
  environment: Readonly<Record<string, string>>,
  how: { readonly descriptors?: number; readonly script?: string; readonly args?: readonly string[] } = {},
): Promise<GatewayProcess> {
  const { descriptors, script = mainScript, args = [] } = how;
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors}; `;
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = spawn('sh', ['-c', `${limit}exec "$0" --import tsx "$@"`, process.execPath, file, ...args], {
    env: {
      PATH: env['PATH'],
      INTERNAL_TOKEN_PRIVATE_KEY: Buffer.from(internalPem).toString('base64'),
      GATEWAY_PORT: '0',
      GATEWAY_ADMIN_PORT: '0',
      AUDIT: 'off',
      RATE_LIMITS: '1000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  let signalledAtMs = 0;
  const ended = once(child, 'exit').then(([code]: unknown[]) => ({
    code: typeof code === 'number' ? code : null,
    tookMs: performance.now() - signalledAtMs,
  }));
  let hasSaidAll = false;
  child.once('close', () => (hasSaidAll = true));
  const urlPattern = /"url":"([^"]+)"/;
  const isDecided = () => urlPattern.test(printed) || hasSaidAll;
  await until('the gateway listens', isDecided, slowestStartMs).catch(() => child.kill('SIGKILL'));
  const url = urlPattern.exec(printed)?.[1];
  if (url === undefined) throw new Error(`the gateway did not start:\n${printed}`);
  return {
    url,
    processId: child.pid ?? 0,
    signal: (name) => {
      signalledAtMs ||= performance.now();
      child.kill(name);
    },
    ended,
    printed: () => printed,
  };
}
