import { createHmac, createPublicKey, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createManualClock } from '../testing/index.ts';
import {
  createAccessTokenVerifier,
  createInternalTokenSigner,
  createInternalTokenVerifier,
  createOpaqueId,
  createStepUpTokenVerifier,
  generateSigningKeyPem,
  publicPemOf,
  readSigningKey,
  signAccessToken,
  signStepUpToken,
  stepUpLifetimeMs,
  type SigningKey,
  type Viewer,
} from './index.ts';

const minuteMs = 60_000;
const now = '2026-11-21T03:00:00.000Z';
const clock = createManualClock(now);
const nowS = Date.parse(now) / 1_000;
const viewer: Viewer = {
  userId: 'u-1',
  customerId: 'CUST001',
  role: 'CUSTOMER',
  scopes: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
  sessionId: 's-1',
};

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const encode = (value: unknown): string => encoded(JSON.stringify(value));
const es256 = (key: KeyObject) => (signed: string) =>
  createSign('sha256').update(signed).sign({ key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const hs256 = (secret: string) => (signed: string) => createHmac('sha256', secret).update(signed).digest('base64url');

/** A token written by hand, so that it may say anything. */
function write(header: unknown, claims: unknown, sign: (signed: string) => string): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign(signed)}`;
}

let key: SigningKey;
let otherKey: SigningKey;
let pem: string;
let verify: ReturnType<typeof createAccessTokenVerifier>;

beforeAll(async () => {
  pem = generateSigningKeyPem();
  key = await readSigningKey(pem);
  otherKey = await readSigningKey(generateSigningKeyPem());
  const publicKeys = new Map([[key.keyId, publicKeyOf(pem)]]);
  verify = createAccessTokenVerifier({ clock, findKey: (keyId) => publicKeys.get(keyId) ?? null });
});

const publicKeyOf = (privatePem: string): KeyObject => createPublicKey(publicPemOf(privatePem));

const header = () => ({ alg: 'ES256', typ: 'at+jwt', kid: key.keyId });
const claims = () => ({
  sub: viewer.userId,
  sid: viewer.sessionId,
  customer_id: viewer.customerId,
  role: viewer.role,
  scope: viewer.scopes.join(' '),
  iss: 'urn:mvno:auth',
  aud: 'urn:mvno:gateway',
  iat: nowS,
  exp: nowS + 1_800,
});
const good = () => write(header(), claims(), es256(key.privateKey));

describe('An access token', () => {
  it('brings the viewer through as it was signed', async () => {
    const token = signAccessToken(viewer, { key, issuedAt: clock.now(), tokenId: 't-1' });
    expect(await verify(token)).toEqual(viewer);
    expect(await verify(good())).toEqual(viewer);
  });

  it('without permissions or customer is good too', async () => {
    const staff: Viewer = { ...viewer, customerId: null, role: 'ANALYST', scopes: [] };
    expect(await verify(signAccessToken(staff, { key, issuedAt: clock.now(), tokenId: 't-2' }))).toEqual(staff);
  });

  it('is good for 30 minutes and a minute of leeway, and then says that it has expired', async () => {
    const token = signAccessToken(viewer, { key, issuedAt: clock.now(), tokenId: 't-3' });
    clock.advance(31 * minuteMs - 1_000);
    expect(await verify(token)).toEqual(viewer);
    clock.advance(1_000);
    await expect(verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    clock.set(now);
  });

  const forgeries: readonly (readonly [string, () => string])[] = [
    ['of no algorithm', () => write({ ...header(), alg: 'none' }, claims(), () => '')],
    ['of no algorithm, written oddly', () => write({ ...header(), alg: 'nOnE' }, claims(), () => '')],
    [
      'signed with the public key as a secret',
      () => write({ ...header(), alg: 'HS256' }, claims(), hs256(publicPemOf(pem))),
    ],
    ['signed with a secret but called ES256', () => write(header(), claims(), hs256(publicPemOf(pem)))],
    ['signed with an empty secret', () => write({ ...header(), alg: 'HS256' }, claims(), hs256(' '))],
    ['of RSA', () => write({ ...header(), alg: 'RS256' }, claims(), signRsa)],
    ['signed by another key under our key id', () => write(header(), claims(), es256(otherKey.privateKey))],
    [
      'of a key id nobody knows',
      () => write({ ...header(), kid: otherKey.keyId }, claims(), es256(otherKey.privateKey)),
    ],
    [
      'of a key id that is a path',
      () => write({ ...header(), kid: '../../dev/null' }, claims(), es256(otherKey.privateKey)),
    ],
    ['without a key id', () => write({ alg: 'ES256', typ: 'at+jwt' }, claims(), es256(key.privateKey))],
    [
      'that brings its own key',
      () => write({ ...header(), kid: 'own', jwk: otherKey.publicJwk }, claims(), es256(otherKey.privateKey)),
    ],
    ['of the general type', () => write({ ...header(), typ: 'JWT' }, claims(), es256(key.privateKey))],
    [
      'of the type of an internal token',
      () => write({ ...header(), typ: 'internal+jwt' }, claims(), es256(key.privateKey)),
    ],
    ['without a type', () => write({ alg: 'ES256', kid: key.keyId }, claims(), es256(key.privateKey))],
    ['of another issuer', () => write(header(), { ...claims(), iss: 'urn:mvno:gateway' }, es256(key.privateKey))],
    [
      'for another audience',
      () => write(header(), { ...claims(), aud: 'urn:mvno:subgraph:billing' }, es256(key.privateKey)),
    ],
    ['without an end', () => write(header(), { ...claims(), exp: undefined }, es256(key.privateKey))],
    ['not good yet', () => write(header(), { ...claims(), nbf: nowS + 600 }, es256(key.privateKey))],
    ['of a role that does not exist', () => write(header(), { ...claims(), role: 'ROOT' }, es256(key.privateKey))],
    ['without a subject', () => write(header(), { ...claims(), sub: '' }, es256(key.privateKey))],
    ['without a session', () => write(header(), { ...claims(), sid: undefined }, es256(key.privateKey))],
    ['with another viewer pasted in', () => good().replace(/\.[^.]+\./, `.${encode({ ...claims(), sub: 'u-2' })}.`)],
    ['with its signature cut off', () => good().replace(/[^.]+$/, '')],
    ['with a zero signature', () => write(header(), claims(), () => Buffer.alloc(64).toString('base64url'))],
    ['of 10 KB', () => write(header(), { ...claims(), padding: 'x'.repeat(10_000) }, es256(key.privateKey))],
    ['that is no token', () => 'Bearer of nothing'],
    ['of three dots', () => '...'],
    ['that is empty', () => ''],
    ['that is opaque, as refresh tokens are', () => randomBytes(32).toString('base64url')],
  ];

  it.each(forgeries)('%s is refused', async (_what, forge) => {
    await expect(verify(forge())).rejects.toMatchObject({ name: 'CodedError', code: 'INVALID_TOKEN' });
  });

  it('whatever it is made of, is refused and nothing worse', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map(encode),
      fc.json().map(encoded),
      fc.string().map(encoded),
    );
    const head = fc
      .record({ typ: fc.constantFrom('JWT', 'at+jwt'), alg: fc.constantFrom('ES256', 'none') })
      .map(encode);
    await fc.assert(
      fc.asyncProperty(fc.oneof(head, part), part, part, async (...parts) => {
        await expect(verify(parts.join('.'))).rejects.toMatchObject({ name: 'CodedError', code: 'INVALID_TOKEN' });
      }),
      { numRuns: 1_000, examples: [[encode({ typ: 'JWT' }), encoded('a'), '']] },
    );
  });

  it('that has expired is told so only when it is genuine', async () => {
    const past = { ...claims(), iat: nowS - 7_200, exp: nowS - 3_600 };
    await expect(verify(write(header(), past, es256(key.privateKey)))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    await expect(verify(write(header(), past, es256(otherKey.privateKey)))).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
  });
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signRsa = (signed: string) => createSign('sha256').update(signed).sign(rsa.privateKey).toString('base64url');

describe('An internal token', () => {
  const verifierFor = (subgraph: string) =>
    createInternalTokenVerifier({ subgraph, publicKey: publicKeyOf(pem), clock });

  it('tells one subgraph who is asking, or that nobody is', async () => {
    const sign = createInternalTokenSigner({ key, clock });
    const verifyAtBilling = verifierFor('billing');
    expect(await verifyAtBilling(sign(viewer, 'billing'))).toEqual(viewer);
    expect(await verifyAtBilling(sign(null, 'billing'))).toBeNull();
    await expect(verifyAtBilling(sign(viewer, 'product'))).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('ends after a minute and five seconds of leeway', async () => {
    const verifyAtBilling = verifierFor('billing');
    const token = createInternalTokenSigner({ key, clock })(viewer, 'billing');
    clock.advance(65_000 - 1_000);
    expect(await verifyAtBilling(token)).toEqual(viewer);
    clock.advance(1_000);
    await expect(verifyAtBilling(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    clock.set(now);
  });

  it('is handed out again for the same viewer and subgraph while half its life is left, and for nobody else', () => {
    const sign = createInternalTokenSigner({ key, clock });
    const token = sign(viewer, 'billing');
    clock.advance(29_000);
    expect(sign({ ...viewer }, 'billing')).toBe(token);
    expect(sign({ ...viewer, sessionId: 's-2' }, 'billing')).not.toBe(token);
    expect(sign({ ...viewer, scopes: [] }, 'billing')).not.toBe(token);
    expect(sign(viewer, 'product')).not.toBe(token);
    clock.advance(1_000);
    expect(sign(viewer, 'billing')).not.toBe(token);
    clock.set(now);
  });

  it('is never an access token, nor the other way round', async () => {
    const verifyAtBilling = verifierFor('billing');
    await expect(verify(createInternalTokenSigner({ key, clock })(viewer, 'billing'))).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
    await expect(verifyAtBilling(good())).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });
});

describe('A step-up token', () => {
  const stepUp = { id: 'j-1', userId: 'u-1', sessionId: 's-1', challenge: 'c-1' };
  const issue = () => signStepUpToken(stepUp, { key, issuedAt: clock.now() });
  const verifierOf = (...pems: readonly string[]) =>
    createStepUpTokenVerifier({ publicKeys: pems.map(publicKeyOf), clock });

  it('says who gave the password for what, for five minutes and no second longer', async () => {
    clock.set(now);
    const token = issue();
    expect(await verifierOf(pem)(token)).toEqual(stepUp);
    clock.advance(stepUpLifetimeMs - 1_000);
    expect(await verifierOf(pem)(token)).toEqual(stepUp);
    clock.advance(1_000);
    await expect(verifierOf(pem)(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    clock.set(now);
  });

  it('is read with whichever of the public keys it was signed for, and with no other', async () => {
    const other = generateSigningKeyPem();
    expect(await verifierOf(other, pem)(issue())).toEqual(stepUp);
    await expect(verifierOf(other)(issue())).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('is no access token and no internal token, nor are they one', async () => {
    const internal = createInternalTokenSigner({ key, clock })(viewer, 'product');
    for (const token of [good(), internal]) {
      await expect(verifierOf(pem)(token)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    }
    await expect(verify(issue())).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    const verifyAtProduct = createInternalTokenVerifier({ subgraph: 'product', publicKey: publicKeyOf(pem), clock });
    await expect(verifyAtProduct(issue())).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });
});

describe('A signing key', () => {
  it('is named by the thumbprint of its public half, which is all that it publishes', async () => {
    expect(key.publicJwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: key.keyId,
      alg: 'ES256',
      use: 'sig',
    });
    expect((await readSigningKey(pem)).keyId).toBe(key.keyId);
    expect(otherKey.keyId).not.toBe(key.keyId);
  });

  it('must be of P-256', async () => {
    const rsaPem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(readSigningKey(rsaPem)).rejects.toThrow('a signing key must be a P-256 key');
  });
});

describe('An opaque id', () => {
  it('is the same for the same thing and key, and tells neither', () => {
    const lineIdOf = createOpaqueId(Buffer.alloc(32, 1), 'ln_');
    expect(lineIdOf('01012345678')).toMatch(/^ln_[\w-]{22}$/);
    expect(lineIdOf('01012345678')).toBe(createOpaqueId(Buffer.alloc(32, 1), 'ln_')('01012345678'));
    expect(lineIdOf('01012345678')).not.toBe(lineIdOf('01012345679'));
    expect(lineIdOf('01012345678')).not.toBe(createOpaqueId(Buffer.alloc(32, 2), 'ln_')('01012345678'));
  });
});
