import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { generateSigningKeyPem, publicPemOf } from '@supergraph/platform/identity';
import { z } from 'zod';

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

/** Makes all secrets anew. */
export function makeSecrets(): Secrets {
  const internalPem = generateSigningKeyPem();
  const stepUpPem = generateSigningKeyPem();
  return {
    TOKEN_SIGNING_KEYS: base64(generateSigningKeyPem()),
    INTERNAL_TOKEN_PRIVATE_KEY: base64(internalPem),
    INTERNAL_TOKEN_PUBLIC_KEY: base64(publicPemOf(internalPem)),
    STEP_UP_PRIVATE_KEY: base64(stepUpPem),
    STEP_UP_PUBLIC_KEYS: base64(publicPemOf(stepUpPem)),
    LINE_ID_KEY: key(),
    FIELD_ENCRYPTION_KEYS: `k1:${key()}`,
    PASSWORD_PEPPER: key(),
    AUDIT_CHAIN_KEYS: `a1:${key()}`,
  };
}

/**
 * The secrets kept in a file, readable for its owner only; those it lacks are made, the others never change. Without them
 * the data of the databases beside it cannot be read.
 */
export function readOrMakeSecrets(file: string): Secrets {
  const kept = existsSync(file) ? secretsSchema.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const secrets = secretsSchema.parse({ ...makeSecrets(), ...kept });
  if (Object.keys(kept).length < Object.keys(secrets).length) {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(draft, file);
  }
  chmodSync(file, 0o600);
  return secrets;
}
