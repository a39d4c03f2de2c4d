import { createPrivateKey, createPublicKey } from 'node:crypto';

import { z } from 'zod';

import { parseKeyRing } from '../encryption/index.ts';

/** Turns text into a value by a reader that throws; what is reported is the requirement, never the text. */
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

function readP256Pem(text: string): string {
  const pem = fromBase64(text);
  if (createPrivateKey(pem).asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('not P-256');
  return pem;
}

/** A public key: SPKI PEM in base64. */
export const publicKey = () =>
  readBy((text) => createPublicKey(fromBase64(text)), 'must be a public key in PEM, in base64');

/** Public keys: SPKI PEMs, each in base64, with commas between. */
export const publicKeys = () =>
  readBy(
    (text) => text.split(',').map((each) => createPublicKey(fromBase64(each))),
    'must be public keys in PEM, each in base64, with commas between',
  );

/** A P-256 private key: PKCS #8 PEM in base64; answers the PEM. */
export const privateKeyPem = () => readBy(readP256Pem, 'must be a P-256 private key in PEM, in base64');

/** P-256 private keys: PKCS #8 PEMs, each in base64, with commas between; answers the PEMs. */
export const privateKeyPems = () =>
  readBy(
    (text): readonly string[] => text.split(',').map(readP256Pem),
    'must be P-256 private keys in PEM, each in base64, with commas between',
  );

/** Keys for sealing: `id:base64` of 32 bytes each, with commas between; the first one seals. */
export const keyRing = () => readBy(parseKeyRing, 'must be keys of 32 bytes, written id:base64, with commas between');
