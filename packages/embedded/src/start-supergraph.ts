import { resolve } from 'node:path';

import { composeAuth } from '@supergraph/auth/compose';
import { readAuthConfig } from '@supergraph/auth/config';
import { demoAccounts, seedDemoAccounts } from '@supergraph/auth/demo-accounts';
import { composeBilling } from '@supergraph/billing/compose';
import { readBillingConfig } from '@supergraph/billing/config';
import { composeGateway } from '@supergraph/gateway/compose';
import { readGatewayConfig } from '@supergraph/gateway/config';
import { createLifecycle, type Lifecycle, type ListenAddress } from '@supergraph/platform/server';
import { systemClock, type Clock } from '@supergraph/platform/time';
import { composeProduct } from '@supergraph/product/compose';
import { readProductConfig } from '@supergraph/product/config';

import type { EmbeddedConfig } from './config.ts';
import { openDatabases } from './open-databases.ts';
import { choosePorts } from './ports.ts';
import { readOrMakeSecrets } from './secrets.ts';
import { startSimulators, type Simulators } from './start-simulators.ts';

/** Settings of services by the names they have in the environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything, running. */
export interface Supergraph {
  readonly gatewayUrl: string;
  /** Addresses of the other parts, by name. */
  readonly others: Readonly<Record<string, string>>;
  /** Log-ins that exist; none when the databases are not ours. */
  readonly demoAccounts: typeof demoAccounts;
  readonly simulators: Simulators;
  /** Stops everything, newest first. */
  close(): Promise<void>;
}

interface Service {
  listen(address: ListenAddress): Promise<string>;
  close(): Promise<void>;
}

interface StartOptions {
  readonly config: EmbeddedConfig;
  readonly environment: Environment;
  readonly clock?: Clock;
  /** Told in a sentence what the person who starts this should know. */
  readonly say?: (sentence: string) => void;
  /** Told the last words of a part that ended without having been asked to. */
  readonly onUnexpectedEnd?: (lastWords: string) => void;
}

/**
 * Starts the whole supergraph in this process: databases (unless their addresses are given), simulators (unless real
 * systems are named), subgraphs and gateway, each on a port of its own. Closes what it opened when something fails.
 */
export async function startSupergraph(options: StartOptions): Promise<Supergraph> {
  const life = createLifecycle();
  try {
    return await start(options, life);
  } catch (error) {
    await life.close();
    throw error;
  }
}

async function start(options: StartOptions, life: Lifecycle): Promise<Supergraph> {
  const { config, clock = systemClock, say = () => undefined, onUnexpectedEnd = () => undefined } = options;
  const dataDir = resolve(config.DATA_DIR);
  const ports = await choosePorts(config);
  const secrets = readOrMakeSecrets(`${dataDir}/secrets.json`);

  const [databases, simulators] = await Promise.all([
    openDatabases({ config, dataDir, port: ports.POSTGRES_PORT, life, say, onUnexpectedEnd }),
    startSimulators({ config, environment: options.environment, dataDir, ports, clock, life }),
  ]);
  const environment = {
    LOG_LEVEL: config.LOG_LEVEL,
    ...secrets,
    ...options.environment,
    ...databases.urls,
    KOS_URL: simulators.kosUrl,
    MVNO_AP_URL: simulators.mvnoApUrl,
    // all stop together, one after the other: there is no balancer that each would have to wait for
    DRAIN_DELAY_MS: '0',
  };

  const serve = async (service: Promise<Service>, port: number): Promise<string> => {
    const open = life.own(await service, (opened) => opened.close());
    return await open.listen({ host: '127.0.0.1', port });
  };
  const [auth, billing, product] = await Promise.all([
    serve(composeAuth(readAuthConfig(environment), { clock }), ports.AUTH_PORT),
    serve(composeBilling(readBillingConfig(environment), { clock }), ports.BILLING_PORT),
    serve(composeProduct(readProductConfig(environment), { clock }), ports.PRODUCT_PORT),
  ]);
  const hasDemoAccounts = config.DEMO_ACCOUNTS ?? (databases.areOurs && config.NODE_ENV !== 'production');
  if (hasDemoAccounts) await seedDemoAccounts(readAuthConfig(environment), { clock });

  const gatewayConfig = readGatewayConfig({
    ...environment,
    SUBGRAPH_AUTH_URL: `${auth}/graphql`,
    SUBGRAPH_BILLING_URL: `${billing}/graphql`,
    SUBGRAPH_PRODUCT_URL: `${product}/graphql`,
  });
  const gateway = await composeGateway(gatewayConfig, { clock });
  await gateway.warmUp();
  const gatewayUrl = await serve(Promise.resolve(gateway), ports.GATEWAY_PORT);
  const admin = await gateway.listenForAdmin({ host: '127.0.0.1', port: ports.GATEWAY_ADMIN_PORT });

  return {
    gatewayUrl,
    others: { 'admin door': admin, auth, billing, product, ...simulators.addresses, ...databases.addresses },
    demoAccounts: hasDemoAccounts ? demoAccounts : [],
    simulators,
    close: () => life.close(),
  };
}
