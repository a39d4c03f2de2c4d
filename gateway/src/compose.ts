import { createRequire } from 'node:module';

import { createInternalTokenSigner, readSigningKey } from '@supergraph/platform/identity';
import { createCircuits } from '@supergraph/platform/resilience';
import {
  createHttpServer,
  createLifecycle,
  keepCertificate,
  listen,
  type Lifecycle,
  type ListenAddress,
} from '@supergraph/platform/server';
import { createLogger, describeError, type Logger } from '@supergraph/platform/telemetry';
import { systemClock, type Clock } from '@supergraph/platform/time';

import { createAnswerOperation } from './answer-operation.ts';
import type { AuditStore } from './audit/audit-store.ts';
import { openAudit } from './audit/open-audit.ts';
import { createAuthenticator } from './authenticate.ts';
import type { GatewayConfig } from './config.ts';
import { startEngine, type Engine } from './engine/engine.ts';
import { keepsNothing, lastGoodIn } from './engine/last-good.ts';
import { loadSupergraph } from './engine/load-supergraph.ts';
import { fileOrigin, httpOrigin, type SupergraphOrigin } from './engine/supergraph-origin.ts';
import { createCostGate } from './cost/cost-gate.ts';
import { createOperationPricing } from './cost/price-operation.ts';
import { createGraphqlServer } from './graphql-server.ts';
import { createAdminServer } from './http/admin-server.ts';
import { allowOrigins, createOriginPolicy } from './http/cors.ts';
import { serveGraphql } from './http/graphql-route.ts';
import { serveHealth } from './http/health.ts';
import { readLandingPage } from './http/landing-page.ts';
import { refuseEarly } from './http/refuse-early.ts';
import { sendSecurityHeaders } from './http/security-headers.ts';
import { createTrustedProxies } from './http/trusted-proxies.ts';
import { authSubgraph, createAuthService } from './identity/auth-service.ts';
import { createKeySet } from './identity/key-set.ts';
import { createSessionGate } from './identity/session-gate.ts';
import { createGatewayMetrics } from './metrics/gateway-metrics.ts';
import { maxBodyBytes, mostGenerous } from './operation-limits.ts';
import { createDocumentStore } from './operation/document-store.ts';
import { createDocumentReader } from './operation/read-document.ts';
import { createValidation } from './operation/validate.ts';
import { createLoadShedding } from './overload/load-shedding.ts';
import { createLongWaits } from './overload/long-waits.ts';
import { createLoopLagMeter } from './overload/loop-lag.ts';
import { kindOf } from './overload/request-kind.ts';
import { createRequestCount } from './rate-limit/count-request.ts';
import { openRateLimits } from './rate-limit/open-rate-limits.ts';
import { openPersistedOperations } from './persisted/open-persisted-operations.ts';
import { createRoleAdmission } from './role-admission.ts';
import { openRole, roleOf, roles } from './roles.ts';
import { createSubgraphSource } from './subgraph-source.ts';
import { connectSubgraphs } from './subgraphs/connect-subgraphs.ts';
import { readSubgraphTls } from './subgraphs/read-subgraph-tls.ts';
import { readSupergraph, type Subgraph } from './supergraph.ts';

/** What a gateway may be given instead of the usual. */
export interface GatewayDependencies {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** How long auth may take to say whether a session counts, instead of a second. */
  readonly deskTimeoutMs?: number | undefined;
  readonly log?: Logger;
  /** Where the supergraph comes from instead of where the configuration says. */
  readonly origin?: SupergraphOrigin;
  /** Serve any supergraph to anybody: nobody signs in, no policy holds. Limits and error handling do. */
  readonly isOpen?: boolean;
  /** Where it is put on record who saw and changed whose data, instead of the database. */
  readonly auditStore?: AuditStore;
}

/** A gateway, ready to listen. */
export interface Gateway {
  /** Starts answering; tells the address. */
  listen(address: ListenAddress): Promise<string>;
  /** Starts telling metrics and taking orders, at an address for those who run it; tells the address. */
  listenForAdmin(address: ListenAddress): Promise<string>;
  /** Makes plans of what clients are known to send; before it listens, so that nobody waits for them. */
  warmUp(): Promise<void>;
  /** Looks for a new supergraph now, and tells what came of it. */
  reload(): ReturnType<Engine['look']>;
  /** Reads the certificate of the gateway again, if it has one. */
  reloadCertificate(): void;
  /** Turns not ready, goes on accepting as long as configured, finishes what is under way, and ends within 12 s. */
  close(): Promise<void>;
}

const committedSupergraph = () => createRequire(import.meta.url).resolve('@supergraph/schema/supergraph.graphql');

function originOf({ supergraph: { file, url } }: GatewayConfig): SupergraphOrigin {
  if (url !== null) return httpOrigin(url);
  return file === null ? fileOrigin(committedSupergraph(), { mayChange: false }) : fileOrigin(file);
}

/** Puts a gateway together. No subgraph needs to be up for it. Throws when the supergraph or the key is no good. */
export async function composeGateway(config: GatewayConfig, given: GatewayDependencies = {}): Promise<Gateway> {
  const life = createLifecycle();
  try {
    return await compose(config, given, life);
  } catch (error) {
    await life.close();
    throw error;
  }
}

async function compose(config: GatewayConfig, given: GatewayDependencies, life: Lifecycle): Promise<Gateway> {
  const {
    clock = systemClock,
    random = Math.random,
    log = createLogger({ service: 'gateway', level: config.logLevel }),
    origin = originOf(config),
    isOpen = false,
  } = given;
  const signingKey = await readSigningKey(config.internalTokenPrivateKey);
  const signInternalToken = createInternalTokenSigner({ key: signingKey, clock });
  const circuits = life.own(createCircuits(), (all) => {
    all.close();
  });
  circuits.onChange(({ circuit, state }) => {
    log.warn({ circuit, state }, 'a circuit changed');
  });
  const longWaits = createLongWaits();
  const shedding = createLoadShedding({ limits: config.overload, meter: createLoopLagMeter(), longWaits });
  life.own(shedding, (open) => {
    open.close();
  });
  const { certificateFiles: files } = config;
  const certificate =
    files &&
    life.own(keepCertificate({ files, clock, log }), (kept) => {
      kept.close();
    });
  const metrics = life.own(
    createGatewayMetrics({
      circuits: () => circuits.states(),
      inFlight: () => shedding.inFlight(),
      certificateExpiresAt: () => certificate?.expiresAt() ?? null,
    }),
    (all) => {
      all.close();
    },
  );
  const rateLimits = openRateLimits(config.rateLimits, { clock, life, events: { decided: metrics.limited }, log });
  const ways = life.own(
    connectSubgraphs({
      queryTimeoutMs: config.subgraphTimeoutMs,
      tls: readSubgraphTls(config.subgraphTlsFiles),
      fetched: metrics.fetched,
      circuits,
      longWaits,
      deskTimeoutMs: given.deskTimeoutMs,
      clock,
      random,
    }),
    (all) => all.close(),
  );
  const warnOf = (what: string) => (error: unknown) => {
    log.warn(describeError(error), what);
  };

  const auth = createAuthService({ connection: ways.deskOf(authSubgraph), signInternalToken });
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
      ...ways.to(subgraph),
      signInternalToken,
      clock,
      failed: ({ error, ...facts }) => {
        log.warn({ ...facts, ...describeError(error) }, 'a fetch failed');
      },
    });
  const audit = life.own(openAudit({ config: config.audit, store: given.auditStore, isOpen, clock, log }), (open) =>
    open.close(),
  );
  const load = async (sdl: string) =>
    await loadSupergraph(readSupergraph(sdl, config.subgraphUrls), { sourceOf, hasPolicies: !isOpen, log });
  const persisted = openPersistedOperations(config.persistedOperations, { isOpen, life, clock, log });
  const { lastGoodFile, pollMs } = config.supergraph;
  const engine = life.own(
    await startEngine({
      origin,
      lookEveryMs: origin.mayChange ? pollMs : null,
      lastGood: lastGoodFile === null ? keepsNothing : lastGoodIn(lastGoodFile),
      load,
      knownOperations: () => persisted.registered,
      serving: ({ subgraphs }) => {
        ways.serve(subgraphs);
      },
      log,
    }),
    (running) => running.close(),
  );
  const rows = isOpen ? [openRole] : Object.values(roles);
  const documents = createDocumentReader(mostGenerous(rows.map(({ limits }) => limits)));
  const validation = createValidation();
  const apollo = createGraphqlServer({
    supergraph: engine.served,
    hasSandbox: config.hasSandbox,
    documentStore: createDocumentStore({ documents, validation }),
    log,
  });
  await apollo.start();
  life.own(apollo, (started) => started.stop());

  const readiness = async () => ({ supergraph: true, signingKeys: isOpen || (await keys.isUsable()) });
  let isClosing = false;
  const admin = createAdminServer({
    metrics,
    readiness: async () => ({ ...(await readiness()), accepting: !isClosing }),
    reload: () => engine.look(),
    log,
  });
  life.own(admin, (open) => open.close());
  const { maxConnections, maxConnectionsPerAddress, drainDelayMs } = config;
  const app = createHttpServer({
    log,
    maxBodyBytes,
    readiness,
    maxConnections,
    maxConnectionsPerAddress,
    connectionRefused: metrics.connectionRefused,
    isTrustedProxy: createTrustedProxies(config.trustedProxies),
    certificate,
    drainDelayMs,
  });
  life.own(app, (open) => open.close());
  sendSecurityHeaders(app);
  const originHeaders = createOriginPolicy(config.corsOrigins);
  allowOrigins(app, originHeaders);
  const { answered } = metrics;
  const kindOfBody = (body: Buffer) => kindOf(body, persisted.isRegisteredChange);
  refuseEarly(app, { shedding, kindOf: kindOfBody, originHeaders, answered });
  serveHealth(app, { connections: () => ways.connections(), clock });
  serveGraphql(app, {
    answer: createAnswerOperation({
      apollo,
      currentSupergraph: () => engine.served.current(),
      documents,
      persisted: persisted.operations,
      priceOperation: createOperationPricing(),
      assertAffordable: createCostGate({ mode: config.costMode, log }),
      assertAllowed: createRoleAdmission({ allowsIntrospectionToAll: config.allowsIntrospection }),
      validation,
      audit,
      countRequest: createRequestCount(rateLimits),
      authenticate: isOpen ? () => Promise.resolve(null) : createAuthenticator({ keys, sessionGate, clock }),
      roleOf: isOpen ? () => openRole : roleOf,
      clock,
    }),
    shedding,
    kindOf: kindOfBody,
    answered,
    readPage: config.hasSandbox ? () => readLandingPage(apollo) : null,
    log,
  });

  return {
    listen: (address) => listen(app, address, { service: 'the gateway', portVariable: 'GATEWAY_PORT' }),
    listenForAdmin: (address) =>
      listen(admin, address, { service: 'the gateway’s admin door', portVariable: 'GATEWAY_ADMIN_PORT' }),
    warmUp: () => engine.warmUp(),
    reload: () => engine.look(),
    reloadCertificate: () => certificate?.reload(),
    close: () => {
      isClosing = true;
      return life.close();
    },
  };
}
