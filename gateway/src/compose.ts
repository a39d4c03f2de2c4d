import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { createInternalTokenSigner, readSigningKey } from '@supergraph/platform/identity';
import { createHttpServer, createLifecycle, listen, type ListenAddress } from '@supergraph/platform/server';
import { createLogger, describeError, type Logger } from '@supergraph/platform/telemetry';
import { SECOND_MS, systemClock, type Clock } from '@supergraph/platform/time';

import { createAnswerOperation } from './answer-operation.ts';
import { createAuthenticator } from './authenticate.ts';
import type { GatewayConfig } from './config.ts';
import { createGraphqlServer } from './graphql-server.ts';
import { allowOrigins } from './http/cors.ts';
import { drain } from './http/drain.ts';
import { serveGraphql } from './http/graphql-route.ts';
import { serveHealth } from './http/health.ts';
import { createInFlightLimit } from './http/in-flight-limit.ts';
import { readLandingPage } from './http/landing-page.ts';
import { sendSecurityHeaders } from './http/security-headers.ts';
import { authSubgraph, createAuthService } from './identity/auth-service.ts';
import { createKeySet } from './identity/key-set.ts';
import { createSessionGate } from './identity/session-gate.ts';
import { maxBodyBytes } from './operation-limits.ts';
import { createOperationAdmission } from './operation/admit-operation.ts';
import { createSubgraphSource } from './subgraph-source.ts';
import { policyOf } from './subgraph-policy.ts';
import { connectTo } from './subgraphs/connection.ts';
import { within } from './subgraphs/within.ts';
import { readSupergraph } from './supergraph.ts';

/** What a gateway may be given instead of the usual. */
export interface GatewayDependencies {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Text of the supergraph to serve; the committed one when left out. */
  readonly supergraphSdl?: string;
}

/** A gateway, ready to listen. */
export interface Gateway {
  /** Starts answering; tells the address. */
  listen(address: ListenAddress): Promise<string>;
  /** Turns not ready, finishes what is under way within 10 s, and ends. */
  close(): Promise<void>;
}

const drainMs = 10 * SECOND_MS;
const requestTimeoutMs = 15 * SECOND_MS;
const probeTimeoutMs = SECOND_MS;

const readCommittedSupergraph = (): string =>
  readFileSync(createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql'), 'utf8');

/** Puts a gateway together. No subgraph needs to be up for it. Throws when the supergraph or the key is no good. */
export async function composeGateway(config: GatewayConfig, given: GatewayDependencies = {}): Promise<Gateway> {
  const { clock = systemClock, log = createLogger({ service: 'gateway', level: config.logLevel }) } = given;
  const life = createLifecycle();
  const supergraph = readSupergraph(given.supergraphSdl ?? readCommittedSupergraph(), config.subgraphUrls);
  const signInternalToken = createInternalTokenSigner({
    key: await readSigningKey(config.internalTokenPrivateKey),
    clock,
  });

  const ways = new Map(
    supergraph.subgraphs.map((subgraph) => {
      const policy = policyOf(subgraph.name, config.subgraphTimeoutMs);
      const connection = life.own(connectTo(new URL(subgraph.url).origin, policy), (open) => open.close());
      return [subgraph.name, { policy, connection }];
    }),
  );
  const wayTo = (name: string) => {
    const way = ways.get(name);
    if (way === undefined) throw new Error(`the supergraph has no subgraph ${name}`);
    return way;
  };

  const auth = createAuthService({ connection: wayTo(authSubgraph).connection, signInternalToken });
  const keys = createKeySet({
    fetchKeys: () => auth.fetchKeys(),
    clock,
    failed: (error) => {
      log.warn(describeError(error), 'the keys of access tokens could not be fetched');
    },
  });
  const sessionGate = createSessionGate({
    ask: (viewer) => auth.askSession(viewer),
    clock,
    failed: (error) => {
      log.warn(describeError(error), 'a session could not be checked');
    },
  });

  const apollo = createGraphqlServer({
    supergraph,
    sourceOf: (subgraph) =>
      createSubgraphSource({
        subgraph,
        ...wayTo(subgraph.name),
        signInternalToken,
        clock,
        failed: ({ error, ...facts }) => {
          log.warn({ ...facts, ...describeError(error) }, 'a fetch failed');
        },
      }),
    allowsIntrospection: config.allowsIntrospection,
    hasSandbox: config.hasSandbox,
    log,
  });
  await apollo.start();
  life.own(apollo, (started) => started.stop());

  let isDraining = false;
  const app = createHttpServer({
    log,
    maxBodyBytes,
    requestTimeoutMs,
    readiness: async () => ({ supergraph: true, signingKeys: await keys.isUsable(), notStopping: !isDraining }),
  });
  life.own(app, (open) => drain(open, drainMs));
  sendSecurityHeaders(app);
  allowOrigins(app, config.corsOrigins);
  serveHealth(app, {
    clock,
    probes: Object.fromEntries(
      [...ways].map(([name, { connection }]) => [
        name,
        () =>
          within({ timeoutMs: probeTimeoutMs }, async (signal) => {
            const { status } = await connection.exchange({ method: 'GET', path: '/livez', signal });
            return status === 200;
          }),
      ]),
    ),
  });
  serveGraphql(app, {
    answer: createAnswerOperation({
      apollo,
      admit: createOperationAdmission(config),
      authenticate: createAuthenticator({ keys, sessionGate, clock }),
      clock,
    }),
    limit: createInFlightLimit(config.maxRequestsInFlight),
    readPage: config.hasSandbox ? () => readLandingPage(apollo) : null,
    log,
  });

  return {
    listen: (address) => listen(app, address, { service: 'the gateway', portVariable: 'GATEWAY_PORT' }),
    close: () => {
      isDraining = true;
      return life.close();
    },
  };
}
