import { createHmac, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

import { z } from 'zod';

import type { Attack } from '../kit/attack.ts';
import { whoAmI } from '../kit/documents.ts';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part: string | undefined): Readonly<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')));

function signed(head: object, claims: object, key: KeyObject): string {
  const content = `${encode(head)}.${encode(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export const attack: Attack = {
  threat: 'T13',
  title: 'No token counts but one that auth has signed for the gateway',
  async run(target, trial) {
    const { access, refresh } = await target.logIn('testuser01');
    const parts = access.split('.');
    const [head, claims, signature = ''] = [decode(parts[0]), decode(parts[1]), parts[2]];
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicPem = stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    const content = (alg: string) => `${encode({ ...head, alg })}.${encode(claims)}`;
    const hmac = (secret: string) =>
      `${content('HS256')}.${createHmac('sha256', secret).update(content('HS256')).digest('base64url')}`;
    const forgeries: Record<string, string> = {
      'no algorithm': `${content('none')}.`,
      'no algorithm, in capitals': `${content('NONE')}.`,
      'no algorithm, the old signature': `${content('none')}.${signature}`,
      'an empty HMAC': hmac(''),
      'an HMAC with a public key': hmac(publicPem),
      'an HMAC with the key id': hmac(String(head['kid'])),
      'another key under our key id': signed(head, claims, stranger.privateKey),
      'a key that comes along': signed({ ...head, jwk, kid: undefined }, claims, stranger.privateKey),
      'a key elsewhere': signed({ ...head, jku: 'http://127.0.0.1:9/keys', kid: 'x' }, claims, stranger.privateKey),
      'a certificate elsewhere': signed(
        { ...head, x5u: 'http://127.0.0.1:9/cert', kid: 'x' },
        claims,
        stranger.privateKey,
      ),
      'a path for a key id': signed({ ...head, kid: '../../../../dev/null' }, claims, stranger.privateKey),
      'SQL for a key id': signed({ ...head, kid: "' UNION SELECT 'key" }, claims, stranger.privateKey),
      'a key id of the prototype': signed({ ...head, kid: '__proto__' }, claims, stranger.privateKey),
      'no key id': signed({ ...head, kid: undefined }, claims, stranger.privateKey),
      'a role of one’s own': `${parts[0] ?? ''}.${encode({ ...claims, role: 'OPERATOR', scope: 'ADMIN' })}.${signature}`,
      'another user': `${parts[0] ?? ''}.${encode({ ...claims, sub: '1' })}.${signature}`,
      'a longer life': `${parts[0] ?? ''}.${encode({ ...claims, exp: 4_102_444_800 })}.${signature}`,
      'a changed type': `${encode({ ...head, typ: 'JWT' })}.${parts[1] ?? ''}.${signature}`,
      'an empty signature': `${parts[0] ?? ''}.${parts[1] ?? ''}.`,
      'a signature of zeros': `${parts[0] ?? ''}.${parts[1] ?? ''}.${Buffer.alloc(64).toString('base64url')}`,
      'a signature cut short': `${parts[0] ?? ''}.${parts[1] ?? ''}.${signature.slice(0, -4)}`,
      'a critical header': signed({ ...head, crit: ['b64'], b64: false }, claims, stranger.privateKey),
      'a refresh token': refresh,
      'three dots': '...',
      'claims that are no JSON': `${encode({ typ: 'JWT' })}.YQ.YQ`,
      '10 KB': `${'a'.repeat(10_000)}.b.c`,
    };
    const { own } = target;
    if (own !== null) {
      const internal = createPrivateKey(
        Buffer.from(own.secrets['INTERNAL_TOKEN_PRIVATE_KEY'] ?? '', 'base64').toString('utf8'),
      );
      forgeries['the gateway’s own key'] = signed(head, claims, internal);
      const pem = Buffer.from((own.secrets['TOKEN_SIGNING_KEYS'] ?? '').split(',')[0] ?? '', 'base64').toString('utf8');
      const real = createPrivateKey(pem);
      const rewritten: Readonly<Record<string, readonly [object, object]>> = {
        'a token for another audience': [head, { ...claims, aud: 'urn:mvno:auth' }],
        'a token of another issuer': [head, { ...claims, iss: 'urn:else' }],
        'a token without an end': [head, { ...claims, exp: undefined }],
        'a token not valid yet': [head, { ...claims, nbf: 4_102_444_800 }],
        'a token without a session': [head, { ...claims, sid: undefined }],
        'a role that there is not': [head, { ...claims, role: 'ROOT' }],
        'an internal token': [{ ...head, typ: 'internal+jwt' }, claims],
        'no type': [{ ...head, typ: undefined }, claims],
      };
      for (const [what, [otherHead, otherClaims]] of Object.entries(rewritten))
        forgeries[what] = signed(otherHead, otherClaims, real);
      const ended = signed(head, { ...claims, iat: 1_600_000_000, exp: 1_600_000_600 }, real);
      trial.refused('a token that has ended', await trial.ask(whoAmI, { token: ended }), 'TOKEN_EXPIRED');
      const genuine = await trial.ask(whoAmI, { token: signed(head, claims, real) });
      trial.holds(genuine.status === 200, `a token signed as auth signs is refused: ${genuine.status}`);
    }
    const answers = new Set<string>();
    for (const [what, token] of Object.entries(forgeries)) {
      const heard = await trial.ask(whoAmI, { token });
      trial.refused(what, heard, 'INVALID_TOKEN');
      trial.holds(heard.status === 401, `${what}: ${heard.status}`);
      answers.add(heard.text.replace(/"traceId":"[^"]*"/, ''));
    }
    trial.holds(answers.size === 1, `${answers.size} different answers tell forgeries apart`);
    return `${Object.keys(forgeries).length} forgeries, one answer for all`;
  },
};
