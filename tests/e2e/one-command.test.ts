import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { anyFreePorts } from '../support/a-supergraph.ts';
import { terminalEnvironment } from '../support/terminal-environment.ts';
import { askGraphql, type Answer } from '../support/graphql-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stopsWithinMs = 15_000;
/** The first change of plan of a process on a busy machine may take a while. */
const patience = { KOS_LATENCY_SCALE: '0.05', ORDER_WAIT_MS: '4500' };

/** `npm start`, as somebody runs it in a terminal. */
interface Started {
  readonly npm: ChildProcess;
  readonly gatewayUrl: string;
  readonly output: () => string;
}

const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        tokens {
          accessToken
        }
      }
    }
  }
`;
const plan = '{ me { customer { lines { id currentProduct { productCode } } } } }';
const change = /* GraphQL */ `
  mutation Change($input: CreateProductOrderInput!) {
    createProductOrder(input: $input) {
      ... on ProductOrder {
        state
      }
    }
  }
`;

describe('npm start', () => {
  let dataDir: string;
  const groups: number[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'supergraph-'));
    await chmod(dataDir, 0o711);
  });
  afterEach(() => {
    for (const group of groups.splice(0)) signal(-group, 'SIGKILL');
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  function run(environment: Readonly<Record<string, string>> = {}): { npm: ChildProcess; output: () => string } {
    const npm = spawn('npm', ['start'], {
      cwd: root,
      detached: true,
      env: { ...terminalEnvironment(), ...anyFreePorts, ...patience, DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (npm.pid !== undefined) groups.push(npm.pid);
    let text = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (part: Buffer) => (text += part.toString('utf8')));
    return { npm, output: () => text };
  }

  async function start(): Promise<Started> {
    const { npm, output } = run();
    await waitFor(() => output().includes('Stop with Ctrl-C.') || npm.exitCode !== null);
    const gatewayUrl = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(output())?.[1];
    if (gatewayUrl === undefined) throw new Error(output());
    return { npm, gatewayUrl, output };
  }

  async function asCustomer(gatewayUrl: string) {
    const url = `${gatewayUrl}/graphql`;
    const input = { loginId: 'testuser01', password: 'demo-password-01' };
    const { data } = await askGraphql(url, { query: logIn, variables: { input } });
    const token = data['login']?.['tokens']?.['accessToken'] ?? '';
    return (query: string, variables = {}): Promise<Answer> => askGraphql(url, { query, variables }, { token });
  }

  const lineOf = (answer: Answer) => answer.data['me']?.['customer']?.['lines']?.[0];

  it('brings everything up, tells where and who, and keeps its data over a restart and a crash', async () => {
    const first = await start();
    for (const loginId of ['testuser01', 'testuser02', 'operator01', 'analyst01']) {
      expect(first.output()).toContain(loginId);
    }
    for (const path of ['/livez', '/readyz', '/health']) {
      expect((await fetch(`${first.gatewayUrl}${path}`)).status).toBe(200);
    }
    const ask = await asCustomer(first.gatewayUrl);
    const input = {
      lineId: lineOf(await ask(plan))?.['id'],
      productOfferingId: '5G-STANDARD-001',
      externalId: 'a wish',
    };
    expect((await ask(change, { input })).data['createProductOrder']).toEqual({ state: 'COMPLETED' });

    const stoppedAfterMs = await stop(first.npm, 'SIGTERM');
    expect(stoppedAfterMs).toBeLessThan(stopsWithinMs);
    expect(isGroupAlive(first.npm)).toBe(false);

    const second = await start();
    const askAgain = await asCustomer(second.gatewayUrl);
    expect(lineOf(await askAgain(plan))).toMatchObject({ currentProduct: { productCode: '5G-STANDARD-001' } });
    signal(-(second.npm.pid ?? 0), 'SIGKILL');
    await waitFor(() => !isGroupAlive(second.npm));

    const third = await start();
    const askOnceMore = await asCustomer(third.gatewayUrl);
    expect(lineOf(await askOnceMore(plan))).toMatchObject({ currentProduct: { productCode: '5G-STANDARD-001' } });
    expect((await askOnceMore(change, { input })).data['createProductOrder']).toEqual({ state: 'COMPLETED' });
    expect(await stop(third.npm, 'SIGINT')).toBeLessThan(stopsWithinMs);
  }, 180_000);

  it.each(['GATEWAY_PORT', 'BILLING_PORT', 'KOS_ADMIN_PORT'])('names %s when its port is in use', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { npm, output } = run({ [variable]: port });
    await once(npm, 'exit');
    other.close();
    expect(npm.exitCode).toBe(1);
    expect(output()).toContain(`Port ${port}`);
    expect(output()).toContain(`set ${variable} to a free port`);
  });

  it('says everything that is wrong with its settings at once', async () => {
    const { npm, output } = run({ KOS_URL: 'kos', LOG_LEVEL: 'loud', AUTH_DATABASE_URL: 'postgresql://x/auth' });
    await once(npm, 'exit');
    expect(output()).toContain('The supergraph cannot start:');
    for (const name of ['KOS_URL', 'LOG_LEVEL']) expect(output()).toContain(`- ${name} must`);
  });
});

function signal(pid: number, name: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const isGroupAlive = (leader: ChildProcess): boolean => leader.pid !== undefined && signal(-leader.pid, 0);

async function waitFor(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('waited for a minute in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Sends npm a signal and waits until the whole group is gone; answers how long that took, in milliseconds. */
async function stop(npm: ChildProcess, name: 'SIGTERM' | 'SIGINT'): Promise<number> {
  const since = performance.now();
  npm.kill(name);
  await waitFor(() => !isGroupAlive(npm));
  return performance.now() - since;
}
