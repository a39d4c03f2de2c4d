import { count, port } from '@supergraph/platform/config';
import { z } from 'zod';

import { readNetwork, type Network } from './http/trusted-proxies.ts';

const file = () => z.string().min(1).optional();

const networks = () =>
  z.string().transform((text, problem): readonly Network[] => {
    const read = text.split(',').map((each) => readNetwork(each.trim()));
    const known = read.filter((network) => network !== null);
    if (known.length === read.length) return known;
    problem.addIssue('must list addresses or networks such as 10.0.0.0/8');
    return z.NEVER;
  });

/** By how much limits are multiplied; null when there are none. */
const rateFactor = () =>
  z
    .string()
    .regex(/^(on|off|\d{1,6}(\.\d{1,3})?)$/, 'must be on, off, or by how much limits are multiplied')
    .transform((text) => (text === 'off' ? null : text === 'on' ? 1 : Number(text)));

/** Settings of the edge: who is let in, how often, and by which proof. */
export const edgeSettings = {
  GATEWAY_ADMIN_HOST: z.string().min(1).default('127.0.0.1'),
  GATEWAY_ADMIN_PORT: port().default(4100),
  MAX_CONNECTIONS_PER_ADDRESS: count().default(1_500),
  TRUSTED_PROXIES: networks().default([]),
  SUBGRAPH_CA_FILE: file(),
  SUBGRAPH_CLIENT_CERT_FILE: file(),
  SUBGRAPH_CLIENT_KEY_FILE: file(),
  REDIS_URL: z.string().min(1).optional(),
  CACHE_PREFIX: z.string().default('local:v1'),
  INSTANCES: count().default(1),
  RATE_LIMITS: rateFactor().default(1),
  CLIENT_REQUESTS_PER_MINUTE: count().default(60_000),
};

type Given = z.output<z.ZodObject<typeof edgeSettings>>;

/** Turns those settings into what the parts are made with. */
export function readEdge(given: Given) {
  const { SUBGRAPH_CA_FILE: caFile, SUBGRAPH_CLIENT_CERT_FILE: certFile, SUBGRAPH_CLIENT_KEY_FILE: keyFile } = given;
  return {
    /** Where those who run the gateway find its metrics and give it orders. */
    admin: { host: given.GATEWAY_ADMIN_HOST, port: given.GATEWAY_ADMIN_PORT },
    maxConnectionsPerAddress: given.MAX_CONNECTIONS_PER_ADDRESS,
    /** Whose word about the address of a client is believed. */
    trustedProxies: given.TRUSTED_PROXIES,
    subgraphTlsFiles: {
      caFile: caFile ?? null,
      client: certFile === undefined || keyFile === undefined ? null : { certFile, keyFile },
    },
    rateLimits: {
      factor: given.RATE_LIMITS,
      clientRequestsPerMinute: given.CLIENT_REQUESTS_PER_MINUTE,
      instances: Math.max(1, given.INSTANCES),
      /** Without Redis each instance grants its share. */
      redisUrl: given.REDIS_URL ?? null,
      /** Deployment and version: what shares one Redis must not share its keys. */
      keyPrefix: `${given.CACHE_PREFIX}:gateway:rate`,
    },
  } as const;
}

/** Both files of our own proof to subgraphs, or neither. */
export const isClientProofWhole = (given: Given): boolean =>
  (given.SUBGRAPH_CLIENT_CERT_FILE === undefined) === (given.SUBGRAPH_CLIENT_KEY_FILE === undefined);
