import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

/** A key pair for ES256 signatures. */
export interface SigningKey {
  /** See keyIdOf. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** The public half, ready for a JWK set. */
  readonly publicJwk: JWK;
}

/** Makes a new private key for ES256, as PKCS #8 PEM. */
export function generateSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public half of a private key in PEM, as SPKI PEM. */
export const publicPemOf = (privatePem: string): string =>
  createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }).toString();

/** The id that tokens name a key by: the RFC 7638 thumbprint of its public half. */
export const keyIdOf = async (publicKey: KeyObject): Promise<string> =>
  await calculateJwkThumbprint(await exportJWK(publicKey));

/** Reads a private key in PEM. Throws when it is no P-256 key. */
export async function readSigningKey(privatePem: string): Promise<SigningKey> {
  const privateKey = createPrivateKey(privatePem);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('a signing key must be a P-256 key');
  const publicKey = createPublicKey(privateKey);
  const [jwk, keyId] = await Promise.all([exportJWK(publicKey), keyIdOf(publicKey)]);
  return { keyId, privateKey, publicJwk: { ...jwk, kid: keyId, alg: 'ES256', use: 'sig' } };
}
