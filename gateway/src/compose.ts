import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { createInternalTokenSigner, readSigningKey } from '@supergraph/platform/identity';
import { createCircuits } from '@supergraph/platform/resilience';
import { createHttpServer, createLifecycle, listen, type ListenAddress } from '@supergraph/platform/server';
import { createLogger, describeError, type Logger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';

import { createAnswerOperation } from './answer-operation.ts';
import { createAuthenticator } from './authenticate.ts';
import type { GatewayConfig } from './config.ts';
import { createGraphqlServer } from './graphql-server.ts';
import { allowOrigins, createOriginPolicy } from './http/cors.ts';
import { serveGraphql } from './http/graphql-route.ts';
import { serveHealth } from './http/health.ts';
import { readLandingPage } from './http/landing-page.ts';
import { refuseEarly } from './http/refuse-early.ts';
import { sendSecurityHeaders } from './http/security-headers.ts';
import { authSubgraph, createAuthService } from './identity/auth-service.ts';
import { createKeySet } from './identity/key-set.ts';
import { createSessionGate } from './identity/session-gate.ts';
import { maxBodyBytes } from './operation-limits.ts';
import { createOperationAdmission } from './operation/admit-operation.ts';
import { createLoadShedding } from './overload/load-shedding.ts';
import { createLongWaits } from './overload/long-waits.ts';
import { createLoopLagMeter } from './overload/loop-lag.ts';
import { createSubgraphSource } from './subgraph-source.ts';
import { connectSubgraphs } from './subgraphs/connect-subgraphs.ts';
import { readSupergraph, type Subgraph } from './supergraph.ts';

/** What a gateway may be given instead of the usual. */
export interface GatewayDependencies {
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: Logger;
  /** Text of the supergraph to serve; the committed one when left out. */
  readonly supergraphSdl?: string;
}

/** A gateway, ready to listen. */
export interface Gateway {
  /** Starts answering; tells the address. */
  listen(address: ListenAddress): Promise<string>;
  /** Turns not ready, goes on accepting as long as configured, finishes what is under way, and ends within 12 s. */
  close(): Promise<void>;
}

const readCommittedSupergraph = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');

/** Puts a gateway together. No subgraph needs to be up for it. Throws when the supergraph or the key is no good. */
export async function composeGateway(config: GatewayConfig, given: GatewayDependencies = {}): Promise<Gateway> {
  const {
    clock = systemClock,
    random = Math.random,
    log = createLogger({ service: 'gateway', level: config.logLevel }),
  } = given;
  const life = createLifecycle();
  const supergraph = readSupergraph(given.supergraphSdl ?? readCommittedSupergraph(), config.subgraphUrls);
  const signingKey = await readSigningKey(config.internalTokenPrivateKey);
  const signInternalToken = createInternalTokenSigner({ key: signingKey, clock });
  const circuits = life.own(createCircuits(), (all) => {
    all.close();
  });
  circuits.onChange(({ circuit, state }) => {
    log.warn({ circuit, state }, 'a circuit changed');
  });
  const longWaits = createLongWaits();
  const ways = connectSubgraphs(supergraph, {
    queryTimeoutMs: config.subgraphTimeoutMs,
    circuits,
    longWaits,
    clock,
    random,
    life,
  });
  const warnOf = (what: string) => (error: unknown) => {
    log.warn(describeError(error), what);
  };

  const auth = createAuthService({ connection: ways.to(authSubgraph).desk, signInternalToken });
  const keys = createKeySet({
    fetchKeys: auth.fetchKeys,
    clock,
    failed: warnOf('the keys of access tokens could not be fetched'),
  });
  const sessionGate = createSessionGate({
    ask: auth.askSession,
    clock,
    failed: warnOf('a session could not be checked'),
  });

  const sourceOf = (subgraph: Subgraph) =>
    createSubgraphSource({
      subgraph,
      ...ways.to(subgraph.name),
      signInternalToken,
      clock,
      failed: ({ error, ...facts }) => {
        log.warn({ ...facts, ...describeError(error) }, 'a fetch failed');
      },
    });
  const apollo = createGraphqlServer({ ...config, supergraph, sourceOf, log });
  await apollo.start();
  life.own(apollo, (started) => started.stop());

  const shedding = createLoadShedding({
    limits: config.overload,
    meter: createLoopLagMeter(),
    longWaits,
  });
  life.own(shedding, (open) => {
    open.close();
  });

  const readiness = async () => ({ supergraph: true, signingKeys: await keys.isUsable() });
  const { maxConnections, drainDelayMs } = config;
  const app = createHttpServer({ log, maxBodyBytes, readiness, maxConnections, drainDelayMs });
  life.own(app, (open) => open.close());
  sendSecurityHeaders(app);
  const originHeaders = createOriginPolicy(config.corsOrigins);
  allowOrigins(app, originHeaders);
  refuseEarly(app, { shedding, originHeaders });
  serveHealth(app, { connections: ways.connections, clock });
  serveGraphql(app, {
    answer: createAnswerOperation({
      apollo,
      admit: createOperationAdmission(config),
      authenticate: createAuthenticator({ keys, sessionGate, clock }),
      clock,
    }),
    shedding,
    readPage: config.hasSandbox ? () => readLandingPage(apollo) : null,
    log,
  });

  return {
    listen: (address) => listen(app, address, { service: 'the gateway', portVariable: 'GATEWAY_PORT' }),
    close: () => life.close(),
  };
}
