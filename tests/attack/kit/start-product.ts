import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { readAuthConfig } from '@supergraph/auth/config';
import { seedDemoAccounts } from '@supergraph/auth/demo-accounts';
import { joinEmbeddedPostgres } from '@supergraph/database/embedded-postgres';
import { findFreePort } from '@supergraph/database/processes/free-port';
import { createLifecycle, type Lifecycle } from '@supergraph/platform/server';
import { z } from 'zod';

import { anyFreePorts } from '../../support/a-supergraph.ts';
import { startRedisProcess } from '../../support/redis-process.ts';
import { terminalEnvironment } from '../../support/terminal-environment.ts';
import { startLogged, type LoggedProcess } from './logged-process.ts';
import type { OwnStack } from './target.ts';

type Settings = Readonly<Record<string, string>>;

/** The whole product as `npm start` brings it up, with a Redis where this machine has one. */
export interface Product {
  readonly url: string;
  readonly pid: number;
  readonly own: OwnStack;
  close(): Promise<void>;
}

/**
 * Attackers here share few addresses and ask more in a minute than anybody should, so that limits would hide what is behind
 * them; the attack on rate limits has a gateway of its own with the usual ones.
 */
const usualSettings: Settings = {
  LOG_LEVEL: 'info',
  RATE_LIMITS: '1000',
  CHANGE_CHECKS_PER_MINUTE: '1000',
  KOS_LATENCY_SCALE: '0.05',
  KOS_CALLS_PER_MINUTE: '5000',
};

const hasRedis = (path = ''): boolean =>
  path.split(delimiter).some((folder) => existsSync(join(folder, 'redis-server')));

const secretsSchema = z.record(z.string(), z.string());

/** Names and addresses of the banner's rows. */
const addressesIn = (banner: string): Settings =>
  Object.fromEntries(
    [...banner.matchAll(/^ {2}(\S.*?) +(?:https?:\/\/)?(127\.0\.0\.1:\d+)\s*$/gm)].map(
      ([, name = '', address = '']) => [name, `http://${address}`],
    ),
  );

/** Starts it. Rejects with its last words when it does not come up. */
export async function startProduct(settings: Settings = {}): Promise<Product> {
  const life = createLifecycle();
  try {
    return await start(life, settings);
  } catch (error) {
    await life.close();
    throw error;
  }
}

async function start(life: Lifecycle, settings: Settings): Promise<Product> {
  const folder = life.own(await mkdtemp(join(tmpdir(), 'attack-')), (made) =>
    rm(made, { recursive: true, force: true }),
  );
  // Run by root, PostgreSQL becomes an ordinary user, who must be able to pass through here.
  await chmod(folder, 0o711);
  const redis = hasRedis(terminalEnvironment()['PATH'])
    ? life.own(await startRedisProcess(), (running) => running.kill())
    : null;
  const shared: Settings = {
    ...terminalEnvironment(),
    ...usualSettings,
    ...(redis !== null && { REDIS_URL: redis.url }),
    ...settings,
  };
  const dataDir = join(folder, 'data');
  const stop = (running: LoggedProcess) => running.stop();
  const product = life.own(
    await startLogged({
      program: 'packages/embedded/src/main.ts',
      file: join(folder, 'product.log'),
      environment: { ...shared, ...anyFreePorts, DATA_DIR: dataDir },
      readyWhen: /Stop with Ctrl-C/,
    }),
    stop,
  );
  const banner = product.log();
  const url = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(banner)?.[1];
  if (url === undefined) throw new Error(`the product does not say where it listens:\n${banner}`);
  const others = addressesIn(banner);
  const secrets = secretsSchema.parse(JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')));
  const logs: LoggedProcess[] = [product];
  const gateways = new Map<string, Promise<string>>();
  const postgres = joinEmbeddedPostgres({ folder: join(dataDir, 'postgres') });

  /** Starts a program by itself, at a port that its setting names. */
  async function startAlone(program: string, portVariable: string, more: Settings): Promise<number> {
    const port = await findFreePort();
    const running = await startLogged({
      program,
      file: join(folder, `${port}.log`),
      environment: { ...shared, ...secrets, [portVariable]: String(port), ...more },
      readyWhen: /"msg":"listening"/,
    });
    life.own(running, stop);
    logs.push(running);
    return port;
  }

  async function startGateway(more: Settings): Promise<string> {
    const isSecure = more['TLS_CERT_FILE'] !== undefined;
    const port = await startAlone('gateway/src/main.ts', 'GATEWAY_PORT', {
      GATEWAY_ADMIN_PORT: String(await findFreePort()),
      GATEWAY_DATABASE_URL: (await postgres)('gateway'),
      SUBGRAPH_AUTH_URL: `${others['auth'] ?? ''}/graphql`,
      SUBGRAPH_BILLING_URL: `${others['billing'] ?? ''}/graphql`,
      SUBGRAPH_PRODUCT_URL: `${others['product'] ?? ''}/graphql`,
      ...more,
    });
    return `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  return {
    url,
    pid: product.pid,
    own: {
      others,
      redis,
      secrets,
      log: () => logs.map((each) => each.log()).join('\n'),
      databaseUrl: async (database) => (await postgres)(database),
      gateway(more) {
        const key = JSON.stringify(more);
        const started = gateways.get(key) ?? startGateway(more);
        gateways.set(key, started);
        return started;
      },
      async service(name, more) {
        const port = await startAlone(`subgraphs/${name}/src/main.ts`, `${name.toUpperCase()}_PORT`, {
          [`${name.toUpperCase()}_DATABASE_URL`]: (await postgres)(name),
          MVNO_AP_URL: others['MVNO AP'] ?? '',
          ...more,
        });
        return `http://127.0.0.1:${port}`;
      },
      async addAccounts(accounts) {
        const environment = { ...secrets, AUTH_DATABASE_URL: (await postgres)('auth') };
        await seedDemoAccounts(readAuthConfig(environment), { accounts });
      },
    },
    close: () => life.close(),
  };
}
