import { createPrivateKey, createPublicKey } from 'node:crypto';

import { count, keyBytes, port, readConfig } from '@supergraph/platform/config';
import { parseKeyRing } from '@supergraph/platform/encryption';
import { z } from 'zod';

/** Turns text into a value by a reader that throws; the reason given is the requirement, never the text. */
const readBy = <Value>(read: (text: string) => Value, requirement: string) =>
  z.string().transform((text, problem) => {
    try {
      return read(text);
    } catch {
      problem.addIssue(requirement);
      return z.NEVER;
    }
  });

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

function readPrivatePems(text: string): readonly string[] {
  const pems = text.split(',').map(fromBase64);
  for (const pem of pems) {
    if (createPrivateKey(pem).asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('not P-256');
  }
  return pems;
}

/** The settings of the auth subgraph, by the names of its environment. */
export const authConfigSchema = z
  .object({
    AUTH_HOST: z.string().default('127.0.0.1'),
    AUTH_PORT: port().default(4001),
    AUTH_DATABASE_URL: z.string(),
    AUTH_DATABASE_CONNECTIONS: count().default(10),
    TOKEN_SIGNING_KEYS: readBy(
      readPrivatePems,
      'must be P-256 private keys in PEM, each in base64, with commas between',
    ),
    INTERNAL_TOKEN_PUBLIC_KEY: readBy(
      (text) => createPublicKey(fromBase64(text)),
      'must be a public key in PEM, in base64',
    ),
    FIELD_ENCRYPTION_KEYS: readBy(parseKeyRing, 'must be keys of 32 bytes, written id:base64, with commas between'),
    LINE_ID_KEY: keyBytes(32),
    PASSWORD_PEPPER: keyBytes(32),
    PASSWORD_HASHES_AT_ONCE: count()
      .refine((n) => n > 0, 'must be at least 1')
      .default(2),
    PASSWORD_HASHES_WAITING: count().default(256),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .transform((environment) => ({
    host: environment.AUTH_HOST,
    port: environment.AUTH_PORT,
    database: { url: environment.AUTH_DATABASE_URL, maxConnections: environment.AUTH_DATABASE_CONNECTIONS },
    /** The first signs; all are published, so that tokens of the others stay good. */
    signingKeyPems: environment.TOKEN_SIGNING_KEYS,
    internalTokenPublicKey: environment.INTERNAL_TOKEN_PUBLIC_KEY,
    fieldKeys: environment.FIELD_ENCRYPTION_KEYS,
    lineIdKey: environment.LINE_ID_KEY,
    passwordPepper: environment.PASSWORD_PEPPER,
    /** Hashing takes threads from everything else in the process, so it is bounded below Node's four. */
    passwordHashes: {
      concurrent: environment.PASSWORD_HASHES_AT_ONCE,
      waiting: environment.PASSWORD_HASHES_WAITING,
    },
    logLevel: environment.LOG_LEVEL,
  }));

export type AuthConfig = z.output<typeof authConfigSchema>;

/** Reads the settings out of an environment. Throws ConfigError. */
export const readAuthConfig = (environment: Readonly<Record<string, string | undefined>>): AuthConfig =>
  readConfig('auth', authConfigSchema, environment);
