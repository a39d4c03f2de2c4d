import { createHmac, sign } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, publicPemOf, readSigningKey, signAccessToken } from '@supergraph/platform/identity';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { asking, expectRefusal, json } from './testing/bad-request.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({ auth: { Query: { me: () => ({ id: 'usr_1' }) } } });
  await g.ask('{ me { id } }', { as: aViewer() });
});
afterAll(() => g.close());

describe('A forged token', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const soon = () => Math.floor(g.clock.now().getTime() / 1_000);
  const header = () => ({ alg: 'ES256', typ: 'at+jwt', kid: g.desk.keys[0]?.keyId });
  const claims = () => ({
    sub: 'usr_1',
    sid: 'ses_1',
    customer_id: 'cus_1',
    role: 'CUSTOMER',
    scope: 'ADMIN',
    iss: 'urn:mvno:auth',
    aud: 'urn:mvno:gateway',
    iat: soon(),
    exp: soon() + 600,
  });
  const unsigned = (head: object) => `${encode(head)}.${encode(claims())}`;

  async function signedWith(change: { header?: object; claims?: object; foreignKey?: boolean }): Promise<string> {
    const own = g.desk.keys[0];
    const key = change.foreignKey ? await readSigningKey(generateSigningKeyPem()) : own;
    if (own === undefined || key === undefined) throw new Error('no key');
    const content = `${encode({ ...header(), ...change.header })}.${encode({ ...claims(), ...change.claims })}`;
    const signature = sign('sha256', Buffer.from(content), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
  }

  const forgeries: readonly (readonly [string, () => string | readonly string[] | Promise<string>])[] = [
    ['no algorithm', () => `Bearer ${unsigned({ ...header(), alg: 'none' })}.x`],
    [
      'the public key used as an HMAC secret',
      () => {
        const content = unsigned({ ...header(), alg: 'HS256' });
        const pem = g.desk.keys[0]?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '';
        return `Bearer ${content}.${createHmac('sha256', publicPemOf(pem)).update(content).digest('base64url')}`;
      },
    ],
    ['another key under our key id', async () => `Bearer ${await signedWith({ foreignKey: true })}`],
    ['an unknown key id', async () => `Bearer ${await signedWith({ header: { kid: 'unknown' } })}`],
    ['no key id', async () => `Bearer ${await signedWith({ header: { kid: undefined } })}`],
    ['a path for a key id', async () => `Bearer ${await signedWith({ header: { kid: '../../etc/passwd' } })}`],
    ['another type', async () => `Bearer ${await signedWith({ header: { typ: 'JWT' } })}`],
    ['another type, and claims that are no JSON', () => `Bearer ${encode({ typ: 'JWT' })}.YQ.YQ`],
    ['an internal token', async () => `Bearer ${await signedWith({ header: { typ: 'internal+jwt' } })}`],
    ['another issuer', async () => `Bearer ${await signedWith({ claims: { iss: 'urn:else' } })}`],
    ['another audience', async () => `Bearer ${await signedWith({ claims: { aud: 'urn:mvno:auth' } })}`],
    ['no end', async () => `Bearer ${await signedWith({ claims: { exp: undefined } })}`],
    ['no session', async () => `Bearer ${await signedWith({ claims: { sid: undefined } })}`],
    ['a role that there is not', async () => `Bearer ${await signedWith({ claims: { role: 'ROOT' } })}`],
    [
      'a changed claim',
      async () => {
        const [head, , signature] = (await signedWith({})).split('.');
        return `Bearer ${head}.${encode({ ...claims(), sub: 'usr_2' })}.${signature}`;
      },
    ],
    ['an opaque refresh token', () => 'Bearer rt_9f8a7d6c5b4a39281706'],
    ['no token', () => 'Bearer '],
    ['nothing', () => ''],
    ['another scheme', () => 'Basic dXNlcjpwYXNz'],
    ['10 KB', () => `Bearer ${'a'.repeat(10_000)}.b.c`],
    ['two headers', () => ['Bearer a.b.c', 'Bearer a.b.c']],
  ];

  it.each(forgeries)('(%s) is refused with one answer for all', async (_how, forge) => {
    const authorization = await forge();
    const request = asking('{ me { id } }');
    await expectRefusal(
      g.url,
      { ...request, headers: { ...json, authorization: authorization as string } },
      'INVALID_TOKEN',
    );
  });

  it('is not let in because it asks to log out', async () => {
    await expectRefusal(
      g.url,
      {
        ...asking('mutation { logout(input: {}) { __typename } }'),
        headers: { ...json, authorization: 'Bearer a.b.c' },
      },
      'INVALID_TOKEN',
    );
  });

  it('is told apart from one that was good until it ended', async () => {
    const [key] = g.desk.keys;
    if (key === undefined) throw new Error('no key');
    const issuedAt = new Date(g.clock.now().getTime() - 32 * 60_000);
    const token = signAccessToken(aViewer(), { key, issuedAt, tokenId: 't' });
    await expectRefusal(
      g.url,
      { ...asking('{ me { id } }'), headers: { ...json, authorization: `Bearer ${token}` } },
      'TOKEN_EXPIRED',
    );
  });

  it.each(['Bearer ', 'bearer ', 'BEARER  '])('is not the good one, after “%s”', async (scheme) => {
    const authorization = `${scheme}${await signedWith({})}`;
    expect((await g.ask('{ me { id } }', { headers: { authorization } })).status).toBe(200);
  });
});
