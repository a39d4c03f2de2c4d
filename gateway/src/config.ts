import {
  certificateFiles,
  count,
  drainDelay,
  flag,
  httpUrl,
  keyRing,
  logLevel,
  milliseconds,
  port,
  privateKeyPem,
  readConfig,
} from '@supergraph/platform/config';
import { z } from 'zod';

import type { AuditConfig } from './audit/open-audit.ts';
import { edgeSettings, isClientProofWhole, readEdge } from './edge-config.ts';
import { operationSettings, readOperationConfig } from './operation-config.ts';

const originPattern = /^https?:\/\/[^\s/,]+$/;

const origins = () =>
  z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (all) => all.every((origin) => originPattern.test(origin)),
      'must list origins such as https://shop.example',
    );

const options = z.object({
  NODE_ENV: z.string().default('development'),
  GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
  GATEWAY_PORT: port().default(4000),
  INTERNAL_TOKEN_PRIVATE_KEY: privateKeyPem(),
  CORS_ORIGINS: origins().default([]),
  LOG_LEVEL: logLevel().default('info'),
  SUBGRAPH_TIMEOUT_MS: milliseconds().default(3_500),
  MAX_REQUESTS_IN_FLIGHT: count().default(500),
  MAX_READS_IN_FLIGHT: count().default(400),
  SHED_READS_AT_LAG_MS: milliseconds().default(30),
  SHED_CHANGES_AT_LAG_MS: milliseconds().default(120),
  MAX_CONNECTIONS: count().default(5_000),
  DRAIN_DELAY_MS: drainDelay(),
  SUPERGRAPH_FILE: z.string().min(1).optional(),
  SUPERGRAPH_URL: httpUrl().optional(),
  SUPERGRAPH_POLL_MS: milliseconds().default(5_000),
  SUPERGRAPH_LAST_GOOD_FILE: z.string().min(1).optional(),
  AUDIT: z.enum(['required', 'off']).default('required'),
  ENABLE_SANDBOX: flag().optional(),
  INTROSPECTION: flag().optional(),
  ...edgeSettings,
  ...operationSettings,
});

/** Two settings are held against each other also when others cannot be read, so that every problem is told at once. */
const inAnyCase = { when: () => true };

const settings = options
  .refine(({ SUPERGRAPH_FILE: file, SUPERGRAPH_URL: url }) => file === undefined || url === undefined, {
    path: ['SUPERGRAPH_URL'],
    message: 'must not be given beside SUPERGRAPH_FILE',
    ...inAnyCase,
  })
  .refine(isClientProofWhole, {
    path: ['SUBGRAPH_CLIENT_KEY_FILE'],
    message: 'must be given together with SUBGRAPH_CLIENT_CERT_FILE',
    ...inAnyCase,
  })
  .refine(({ NODE_ENV, RATE_LIMITS }) => NODE_ENV !== 'production' || RATE_LIMITS !== null, {
    path: ['RATE_LIMITS'],
    message: 'must not be off in production',
    ...inAnyCase,
  });

type Environment = Readonly<Record<string, string | undefined>>;

const subgraphUrlPattern = /^SUBGRAPH_([A-Z0-9_]+)_URL$/;

/** Addresses that take the place of the supergraph's routing URLs: whatever subgraphs the environment names. */
function subgraphUrlsIn(environment: Environment) {
  const variables = Object.keys(environment).filter((variable) => subgraphUrlPattern.test(variable));
  const fields = Object.fromEntries(variables.map((variable) => [variable, httpUrl().optional()]));
  return z.object(fields).transform((urls) => ({
    subgraphUrls: Object.fromEntries(
      Object.entries(urls).flatMap(([variable, url]) => {
        const name = subgraphUrlPattern.exec(variable)?.[1]?.toLowerCase();
        return name === undefined || url === undefined ? [] : [[name, url]];
      }),
    ),
  }));
}

/**
 * Where it is put on record who saw and changed whose data, and with which keys. Only outside of production may a gateway
 * be told to do without, and not where it is told of a database all the same.
 */
function auditIn(environment: Environment): z.ZodType<{ readonly audit: AuditConfig | null }> {
  const mayBeOff = environment['AUDIT'] === 'off' && environment['NODE_ENV'] !== 'production';
  const hasDatabase = (environment['GATEWAY_DATABASE_URL'] ?? '') !== '';
  if (mayBeOff && !hasDatabase) return z.object({}).transform(() => ({ audit: null }));
  return z
    .object({
      GATEWAY_DATABASE_URL: z.string().min(1),
      AUDIT_CHAIN_KEYS: keyRing(),
    })
    .transform((given) => ({ audit: { databaseUrl: given.GATEWAY_DATABASE_URL, keys: given.AUDIT_CHAIN_KEYS } }));
}

/** Reads the gateway's configuration out of an environment. Throws ConfigError with every problem. */
export function readGatewayConfig(environment: Environment) {
  const schema = settings.and(auditIn(environment)).and(subgraphUrlsIn(environment)).and(certificateFiles(''));
  const given = readConfig('The gateway', schema, environment);
  const isProduction = given.NODE_ENV === 'production';
  return {
    host: given.GATEWAY_HOST,
    port: given.GATEWAY_PORT,
    /** PKCS #8 PEM. */
    internalTokenPrivateKey: given.INTERNAL_TOKEN_PRIVATE_KEY,
    corsOrigins: given.CORS_ORIGINS,
    logLevel: given.LOG_LEVEL,
    subgraphTimeoutMs: given.SUBGRAPH_TIMEOUT_MS,
    overload: {
      read: {
        maxInFlight: Math.min(given.MAX_READS_IN_FLIGHT, given.MAX_REQUESTS_IN_FLIGHT),
        maxLagMs: given.SHED_READS_AT_LAG_MS,
      },
      change: { maxInFlight: given.MAX_REQUESTS_IN_FLIGHT, maxLagMs: given.SHED_CHANGES_AT_LAG_MS },
    },
    maxConnections: given.MAX_CONNECTIONS,
    certificateFiles: given.certificateFiles,
    ...readEdge(given),
    ...readOperationConfig(given),
    drainDelayMs: given.DRAIN_DELAY_MS,
    /** At most one of file and URL; without either the committed supergraph is served. */
    supergraph: {
      file: given.SUPERGRAPH_FILE ?? null,
      url: given.SUPERGRAPH_URL ?? null,
      pollMs: given.SUPERGRAPH_POLL_MS,
      lastGoodFile: given.SUPERGRAPH_LAST_GOOD_FILE ?? null,
    },
    /** Null when nothing is put on record. */
    audit: given.audit,
    hasSandbox: given.ENABLE_SANDBOX ?? !isProduction,
    allowsIntrospection: given.INTROSPECTION ?? !isProduction,
    /** By subgraph name in lower case. */
    subgraphUrls: given.subgraphUrls,
  } as const;
}

/** How the gateway runs. */
export type GatewayConfig = Readonly<ReturnType<typeof readGatewayConfig>>;
