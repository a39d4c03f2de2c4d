import { randomUUID } from 'node:crypto';

import type { DatabaseName } from '@supergraph/database/databases';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { findFreePort } from '@supergraph/database/processes/free-port';
import { eventually } from '@supergraph/database/testing/eventually';
import { makeSecrets } from '@supergraph/embedded/secrets';
import { defaultKosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator } from '@supergraph/kos-simulator/simulator';
import { defaultMvnoApConfig } from '@supergraph/mvno-ap-simulator/config';
import { createMvnoApSimulator } from '@supergraph/mvno-ap-simulator/simulator';
import { createLifecycle, type Lifecycle } from '@supergraph/platform/server';
import { systemClock } from '@supergraph/platform/time';
import type { QueryResultRow } from 'pg';

import { startRedisProcess } from '../../support/redis-process.ts';
import { untilReady } from '../../support/until-ready.ts';
import { checkHistory } from './check-history.ts';
import { createClient } from './client.ts';
import { seedCustomers } from './customers.ts';
import { createHistory } from './history.ts';
import { isQuiet } from './is-quiet.ts';
import {
  serviceInProcess,
  serviceNames,
  serviceProcess,
  type Service,
  type ServiceName,
  type Settings,
} from './services.ts';
import { openDatabases } from './stack-databases.ts';
import type { Stack, StackOptions, Ways } from './stack.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/*
 * The whole supergraph, with everything it depends on in the hands of one test. A complete fault test:
 *
 *   describe('Redis is killed while customers read', () => {
 *     let stack: Stack;
 *     beforeAll(async () => (stack = await aStack()), 60_000);
 *     afterAll(() => stack.close());
 *
 *     it('answers as before, out of PostgreSQL', async () => {
 *       const client = await stack.client();
 *       await client.readBill();
 *       await stack.redis.kill();
 *       const load = startLoad({ perSecond: 20, forMs: 2_000, ask: () => client.readBill() });
 *       expect(await load.done).toMatchObject({ failed: 0, unclear: 0 });
 *       await stack.redis.start();
 *       const recoverySeconds = await recovery(async () => (await client.readBill()).isFresh);
 *       reportFault({ fault: 'F2 Redis killed', userSees: 'nothing', recoverySeconds, ...(await stack.check()) });
 *     });
 *   });
 *
 * `stack.check()` waits until every order is settled and told, compares the history with our database, KOS and the MVNO AP,
 * and throws with every problem it finds.
 */

export type { Stack, StackOptions };

/** Tests do not wait for what the fault does not need: orders in doubt are cleared up in a second, not in two minutes. */
const settingsForTests: Settings = {
  RECONCILE_EVERY_MS: '100',
  CHANGE_QUARANTINE_MS: '1000',
  INQUIRY_POLL_MS: '200',
  // Clients change plans as they like, without being asked for the password again.
  STEP_UP_MONTHLY_FEE_DIFFERENCE_WON: '1000000',
  // A gateway that shares its loop with all the others is late without being overloaded itself.
  SHED_READS_AT_LAG_MS: '2000',
  SHED_CHANGES_AT_LAG_MS: '4000',
  // One address, and few customers, ask on behalf of everybody.
  RATE_LIMITS: 'off',
  CHANGE_CHECKS_PER_MINUTE: '100000',
  MAX_CONNECTIONS_PER_ADDRESS: '5000',
  GATEWAY_ADMIN_PORT: '0',
};

/** Starts everything; closes what it has started when something fails. */
export async function aStack(options: StackOptions = {}): Promise<Stack> {
  const life = createLifecycle();
  try {
    return await start(options, life);
  } catch (error) {
    await life.close();
    throw error;
  }
}

async function start(options: StackOptions, life: Lifecycle): Promise<Stack> {
  const { run = 'in-process', clock = systemClock, amqpUrl } = options;
  const own = async <T extends { close(): unknown }>(opening: Promise<T>): Promise<T> =>
    life.own(await opening, (opened) => opened.close());
  const wayTo = (url: string): Promise<TcpProxy> => own(startTcpProxy({ port: Number(new URL(url).port) }));

  const kosConfig = { ...defaultKosConfig, customerCount: 2_000, latencyScale: 0.02, ...options.kos };
  const kos = life.own(createKosSimulator(kosConfig, { clock }), (opened) => opened.close());
  const mvnoAp = life.own(createMvnoApSimulator(defaultMvnoApConfig, { clock }), (opened) => opened.close());
  const [redis, databases, kosAt, mvnoApAt] = await Promise.all([
    startRedisProcess(),
    openDatabases(options.ownPostgres ?? false, life),
    kos.listen(),
    mvnoAp.listen(),
  ]);
  life.own(redis, (opened) => opened.kill());
  const ways: Ways = {
    redis: await wayTo(redis.url),
    postgres: await wayTo(databases.urls.product),
    kos: await wayTo(kosAt.url),
    mvnoAp: await wayTo(mvnoApAt.url),
    amqp: amqpUrl === undefined ? null : await wayTo(amqpUrl),
  };

  const ports = await portsOf(serviceNames);
  const through = (url: string, way: TcpProxy): string => withPort(url, way.port);
  const environment: Settings = {
    ...makeSecrets(),
    // `FAULT_LOG=warn npm test -- tests/faults/…` shows what services in this process say.
    LOG_LEVEL: run === 'processes' ? 'info' : (process.env['FAULT_LOG'] ?? 'silent'),
    CACHE_PREFIX: `test:${randomUUID()}`,
    AUTH_DATABASE_URL: through(databases.urls.auth, ways.postgres),
    BILLING_DATABASE_URL: through(databases.urls.billing, ways.postgres),
    PRODUCT_DATABASE_URL: through(databases.urls.product, ways.postgres),
    GATEWAY_DATABASE_URL: through(databases.urls.gateway, ways.postgres),
    REDIS_URL: through(redis.url, ways.redis),
    KOS_URL: originOf(through(kosAt.url, ways.kos)),
    MVNO_AP_URL: originOf(through(mvnoApAt.url, ways.mvnoAp)),
    ...(amqpUrl !== undefined && ways.amqp !== null && { AMQP_URL: through(amqpUrl, ways.amqp) }),
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])])),
    SUBGRAPH_AUTH_URL: `http://127.0.0.1:${ports.auth}/graphql`,
    SUBGRAPH_BILLING_URL: `http://127.0.0.1:${ports.billing}/graphql`,
    SUBGRAPH_PRODUCT_URL: `http://127.0.0.1:${ports.product}/graphql`,
    PATH: process.env['PATH'] ?? '',
    ...settingsForTests,
    ...options.settings,
  };
  const direct = { ...environment, AUTH_DATABASE_URL: databases.urls.auth };
  const customers = await seedCustomers({ kos: kos.admin, count: options.customers ?? 1, environment: direct, clock });

  const outside = {
    redis,
    ways,
    kos: kos.admin,
    mvnoAp: mvnoAp.admin,
    get postgres() {
      return databases.server();
    },
  };
  await options.beforeServices?.(outside);
  const services = mapServices((name) => {
    const service = { name, port: ports[name], environment };
    return run === 'processes' ? serviceProcess(service, options.launchers?.[name]) : serviceInProcess(service, clock);
  });
  for (const name of serviceNames) {
    life.own(services[name], (service) => (run === 'processes' ? service.kill() : service.terminate()));
  }
  await Promise.all(serviceNames.map((name) => services[name].start()));
  await untilReady(serviceNames.map((name) => services[name].url));

  const history = createHistory();
  const query = <Row extends QueryResultRow>(database: DatabaseName, sql: string, values?: unknown[]) =>
    withConnection(databases.urls[database], async (connection) => (await connection.query<Row>(sql, values)).rows);
  const stack: Stack = {
    redis,
    ways,
    kos: kos.admin,
    mvnoAp: mvnoAp.admin,
    get postgres() {
      return databases.server();
    },
    gatewayUrl: services.gateway.url,
    services,
    customers,
    history,
    environment,
    query,
    async client(customer = customers[0]) {
      if (customer === undefined) throw new Error('the stack has no customers');
      const client = createClient({ gatewayUrl: services.gateway.url, customer, history });
      const reply = await client.logIn();
      if (reply.kind !== 'answered') throw new Error(`${customer.loginId} cannot log in: ${JSON.stringify(reply)}`);
      return client;
    },
    quiet: (withinMs = 35_000) => eventually(() => isQuiet(stack), withinMs),
    async check(withinMs) {
      await stack.quiet(withinMs);
      const findings = await checkHistory(stack);
      if (findings.problems.length > 0) throw new Error(`The history does not hold:\n${findings.problems.join('\n')}`);
      return findings;
    },
    close: () => life.close(),
  };
  return stack;
}

const mapServices = (make: (name: ServiceName) => Service): Record<ServiceName, Service> => ({
  auth: make('auth'),
  billing: make('billing'),
  product: make('product'),
  gateway: make('gateway'),
});

async function portsOf(names: readonly ServiceName[]): Promise<Record<ServiceName, number>> {
  const [auth = 0, billing = 0, product = 0, gateway = 0] = await Promise.all(names.map(() => findFreePort()));
  return { auth, billing, product, gateway };
}

function withPort(address: string, port: number): string {
  const url = new URL(address);
  url.port = String(port);
  return url.href;
}

const originOf = (address: string): string => new URL(address).origin;
