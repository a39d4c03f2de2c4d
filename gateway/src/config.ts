import { Buffer } from 'node:buffer';

import { count, flag, httpUrl, milliseconds, port, readConfig } from '@supergraph/platform/config';
import { z } from 'zod';

const originPattern = /^https?:\/\/[^\s/,]+$/;

const pemInBase64 = () =>
  z
    .base64('must be base64 of a PEM')
    .transform((text) => Buffer.from(text, 'base64').toString('utf8'))
    .refine((pem) => pem.startsWith('-----BEGIN '), 'must be base64 of a PEM');

const origins = () =>
  z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (all) => all.every((origin) => originPattern.test(origin)),
      'must list origins such as https://shop.example',
    );

const subgraphUrlPattern = /^SUBGRAPH_([A-Z0-9_]+)_URL$/;

const schema = z
  .looseObject({
    NODE_ENV: z.string().default('development'),
    GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
    GATEWAY_PORT: port().default(4000),
    INTERNAL_TOKEN_PRIVATE_KEY: pemInBase64(),
    CORS_ORIGINS: origins().default([]),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    SUBGRAPH_TIMEOUT_MS: milliseconds().default(3_500),
    MAX_REQUESTS_IN_FLIGHT: count().default(500),
    ENABLE_SANDBOX: flag().optional(),
    INTROSPECTION: flag().optional(),
  })
  .transform((given, context) => {
    const isProduction = given.NODE_ENV === 'production';
    return {
      host: given.GATEWAY_HOST,
      port: given.GATEWAY_PORT,
      /** PKCS #8 PEM. */
      internalTokenPrivateKey: given.INTERNAL_TOKEN_PRIVATE_KEY,
      corsOrigins: given.CORS_ORIGINS,
      logLevel: given.LOG_LEVEL,
      subgraphTimeoutMs: given.SUBGRAPH_TIMEOUT_MS,
      maxRequestsInFlight: given.MAX_REQUESTS_IN_FLIGHT,
      hasSandbox: given.ENABLE_SANDBOX ?? !isProduction,
      allowsIntrospection: given.INTROSPECTION ?? !isProduction,
      subgraphUrls: readSubgraphUrls(given, context),
    };
  });

/** Addresses that take the place of the supergraph's routing URLs, by subgraph name in lower case. */
function readSubgraphUrls(
  given: Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): Readonly<Record<string, string>> {
  const urls: Record<string, string> = {};
  for (const [variable, value] of Object.entries(given)) {
    const name = subgraphUrlPattern.exec(variable)?.[1];
    if (name === undefined) continue;
    const url = httpUrl().safeParse(value);
    if (url.success) urls[name.toLowerCase()] = url.data;
    else context.addIssue({ code: 'custom', path: [variable], message: 'must be an http(s) address' });
  }
  return urls;
}

/** How the gateway runs. */
export type GatewayConfig = Readonly<z.output<typeof schema>>;

/** Reads the gateway's configuration out of an environment. Throws ConfigError with every problem. */
export const readGatewayConfig = (environment: Readonly<Record<string, string | undefined>>): GatewayConfig =>
  readConfig('The gateway', schema, environment);
