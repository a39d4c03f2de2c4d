import { generateKeyPairSync, randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, publicPemOf } from '@supergraph/platform/identity';

import { readAuthConfig } from './config.ts';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const key = () => randomBytes(32).toString('base64');
const pems = [generateSigningKeyPem(), generateSigningKeyPem()];
const environment = {
  AUTH_DATABASE_URL: 'postgresql://auth@db/auth',
  TOKEN_SIGNING_KEYS: pems.map(base64).join(','),
  STEP_UP_PRIVATE_KEY: base64(generateSigningKeyPem()),
  INTERNAL_TOKEN_PUBLIC_KEY: base64(publicPemOf(generateSigningKeyPem())),
  FIELD_ENCRYPTION_KEYS: `k1:${key()}`,
  LINE_ID_KEY: key(),
  PASSWORD_PEPPER: key(),
};

describe('The configuration of auth', () => {
  it('is read with its defaults; the first signing key signs', () => {
    expect(readAuthConfig(environment)).toMatchObject({
      host: '127.0.0.1',
      port: 4001,
      database: { url: 'postgresql://auth@db/auth', maxConnections: 10 },
      signingKeyPems: pems,
      passwordHashes: { concurrent: 2, waiting: 256 },
      logLevel: 'info',
    });
  });

  it('names everything that is missing', () => {
    expect(() => readAuthConfig({})).toThrow(
      [
        'auth cannot start:',
        '- AUTH_DATABASE_URL is missing',
        '- TOKEN_SIGNING_KEYS is missing',
        '- STEP_UP_PRIVATE_KEY is missing',
        '- INTERNAL_TOKEN_PUBLIC_KEY is missing',
        '- FIELD_ENCRYPTION_KEYS is missing',
        '- LINE_ID_KEY is missing',
        '- PASSWORD_PEPPER is missing',
      ].join('\n'),
    );
  });

  const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

  it.each([
    ['TOKEN_SIGNING_KEYS', base64(rsaPem), 'must be P-256 private keys in PEM, each in base64, with commas between'],
    [
      'TOKEN_SIGNING_KEYS',
      `${base64(pems[0] ?? '')},`,
      'must be P-256 private keys in PEM, each in base64, with commas between',
    ],
    ['INTERNAL_TOKEN_PUBLIC_KEY', 'c2VjcmV0', 'must be a public key in PEM, in base64'],
    ['FIELD_ENCRYPTION_KEYS', key(), 'must be keys of 32 bytes, written id:base64, with commas between'],
    ['PASSWORD_PEPPER', 'c2VjcmV0', 'must hold at least 32 bytes'],
    ['PASSWORD_HASHES_AT_ONCE', '0', 'must be at least 1'],
  ])('refuses a bad %s with the reason and without the value', (name, value, reason) => {
    expect(() => readAuthConfig({ ...environment, [name]: value })).toThrow(`auth cannot start:\n- ${name} ${reason}`);
  });
});
