import {
  certificateFiles,
  count,
  drainDelay,
  keyBytes,
  keyRing,
  logLevel,
  port,
  privateKeyPem,
  privateKeyPems,
  publicKey,
  readConfig,
} from '@supergraph/platform/config';
import { z } from 'zod';

/** The settings of the auth subgraph, by the names of its environment. */
export const authConfigSchema = z
  .object({
    AUTH_HOST: z.string().default('127.0.0.1'),
    AUTH_PORT: port().default(4001),
    AUTH_DATABASE_URL: z.string(),
    AUTH_DATABASE_CONNECTIONS: count().default(10),
    TOKEN_SIGNING_KEYS: privateKeyPems(),
    STEP_UP_PRIVATE_KEY: privateKeyPem(),
    INTERNAL_TOKEN_PUBLIC_KEY: publicKey(),
    FIELD_ENCRYPTION_KEYS: keyRing(),
    LINE_ID_KEY: keyBytes(32),
    PASSWORD_PEPPER: keyBytes(32),
    PASSWORD_HASHES_AT_ONCE: count()
      .refine((n) => n > 0, 'must be at least 1')
      .default(2),
    PASSWORD_HASHES_WAITING: count().default(256),
    DRAIN_DELAY_MS: drainDelay(),
    LOG_LEVEL: logLevel().default('info'),
  })
  .transform((environment) => ({
    host: environment.AUTH_HOST,
    port: environment.AUTH_PORT,
    database: { url: environment.AUTH_DATABASE_URL, maxConnections: environment.AUTH_DATABASE_CONNECTIONS },
    /** The first signs; all are published, so that tokens of the others stay good. */
    signingKeyPems: environment.TOKEN_SIGNING_KEYS,
    /** Signs that a password was given once more; product holds its public half. */
    stepUpKeyPem: environment.STEP_UP_PRIVATE_KEY,
    internalTokenPublicKey: environment.INTERNAL_TOKEN_PUBLIC_KEY,
    fieldKeys: environment.FIELD_ENCRYPTION_KEYS,
    lineIdKey: environment.LINE_ID_KEY,
    passwordPepper: environment.PASSWORD_PEPPER,
    /** Hashing takes threads from everything else in the process, so it is bounded below Node's four. */
    passwordHashes: {
      concurrent: environment.PASSWORD_HASHES_AT_ONCE,
      waiting: environment.PASSWORD_HASHES_WAITING,
    },
    drainDelayMs: environment.DRAIN_DELAY_MS,
    logLevel: environment.LOG_LEVEL,
  }));

export type AuthConfig = z.output<typeof authConfigSchema> & z.output<ReturnType<typeof certificateFiles>>;

/** Reads the settings out of an environment. Throws ConfigError. */
export const readAuthConfig = (environment: Readonly<Record<string, string | undefined>>): AuthConfig =>
  readConfig('auth', z.intersection(authConfigSchema, certificateFiles('AUTH_')), environment);
