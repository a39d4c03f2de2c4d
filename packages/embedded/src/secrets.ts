import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';

import { generateSigningKeyPem, publicPemOf } from '@supergraph/platform/identity';
import { z } from 'zod';

import { writeSecretFile } from './secret-file.ts';

const secretsSchema = z.object({
  /** Private keys of access tokens, base64 of PEM; the first one signs. */
  TOKEN_SIGNING_KEYS: z.string().min(1),
  /** The gateway's private key for internal tokens, base64 of PEM. */
  INTERNAL_TOKEN_PRIVATE_KEY: z.string().min(1),
  INTERNAL_TOKEN_PUBLIC_KEY: z.string().min(1),
  /** Auth's private key for what says that a password was given once more, base64 of PEM; product holds the public half. */
  STEP_UP_PRIVATE_KEY: z.string().min(1),
  STEP_UP_PUBLIC_KEYS: z.string().min(1),
  LINE_ID_KEY: z.string().min(1),
  FIELD_ENCRYPTION_KEYS: z.string().min(1),
  PASSWORD_PEPPER: z.string().min(1),
  /** What the gateway chains its records of who saw whose data with. */
  AUDIT_CHAIN_KEYS: z.string().min(1),
});

/** Every secret of a supergraph, named as in the environment of its services. */
export type Secrets = Readonly<z.output<typeof secretsSchema>>;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const key = (): string => randomBytes(32).toString('base64');

interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A public key is good for its own private key only: with one of them gone, the other is of no use or can be had from it. */
function completePair(privateKey: string | undefined, publicKey: string | undefined): KeyPair {
  if (privateKey !== undefined && publicKey !== undefined) return { privateKey, publicKey };
  const pem = privateKey === undefined ? generateSigningKeyPem() : Buffer.from(privateKey, 'base64').toString('utf8');
  return { privateKey: base64(pem), publicKey: base64(publicPemOf(pem)) };
}

/** Makes the secrets that are lacking. */
export function completeSecrets(kept: { readonly [Name in keyof Secrets]?: string | undefined }): Secrets {
  const internal = completePair(kept.INTERNAL_TOKEN_PRIVATE_KEY, kept.INTERNAL_TOKEN_PUBLIC_KEY);
  const stepUp = completePair(kept.STEP_UP_PRIVATE_KEY, kept.STEP_UP_PUBLIC_KEYS);
  return {
    TOKEN_SIGNING_KEYS: kept.TOKEN_SIGNING_KEYS ?? base64(generateSigningKeyPem()),
    INTERNAL_TOKEN_PRIVATE_KEY: internal.privateKey,
    INTERNAL_TOKEN_PUBLIC_KEY: internal.publicKey,
    STEP_UP_PRIVATE_KEY: stepUp.privateKey,
    STEP_UP_PUBLIC_KEYS: stepUp.publicKey,
    LINE_ID_KEY: kept.LINE_ID_KEY ?? key(),
    FIELD_ENCRYPTION_KEYS: kept.FIELD_ENCRYPTION_KEYS ?? `k1:${key()}`,
    PASSWORD_PEPPER: kept.PASSWORD_PEPPER ?? key(),
    AUDIT_CHAIN_KEYS: kept.AUDIT_CHAIN_KEYS ?? `a1:${key()}`,
  };
}

/** Makes all secrets anew. */
export const makeSecrets = (): Secrets => completeSecrets({});

/**
 * The secrets kept in a file, readable for its owner only; those it lacks are made, the others never change. Without them
 * the data of the databases beside it cannot be read.
 */
export function readOrMakeSecrets(file: string): Secrets {
  const kept = existsSync(file) ? secretsSchema.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const secrets = completeSecrets(kept);
  if (Object.keys(kept).length < Object.keys(secrets).length) {
    writeSecretFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  }
  chmodSync(file, 0o600);
  return secrets;
}
