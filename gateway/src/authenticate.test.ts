import { createPublicKey, randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, readSigningKey } from '@supergraph/platform/identity';
import { createManualClock } from '@supergraph/platform/testing';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { createAuthenticator } from './authenticate.ts';
import { createSessionGate } from './identity/session-gate.ts';
import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from './testing/fake-subgraph.ts';
import { aToken, aViewer, anAuthDesk, type AuthDesk, type Resolvers } from './testing/stand-in-subgraphs.ts';

const auth: Resolvers = {
  Query: { me: () => ({ id: 'usr_1' }) },
  Mutation: { logout: () => ({ __typename: 'LoggedOut', endedSessionCount: 1 }) },
};
const read = '{ me { id } }';
const change = 'mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }';

let g: TestGateway;
afterEach(() => g.close());

/** The token under a key id that nobody has. */
const withAnyKeyId = (token: string): string => {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: randomUUID() };
  return token.replace(/^[^.]+/, Buffer.from(JSON.stringify(header)).toString('base64url'));
};
const withoutTrace = (text: string): string => text.replace(/"traceId":"[^"]*"/, '');

async function codeOf(query: string, more: Parameters<TestGateway['ask']>[1]): Promise<unknown> {
  const { body } = await g.ask(query, more);
  return body.errors?.[0]?.extensions['code'] ?? 'OK';
}

describe('The keys of access tokens', () => {
  it('are fetched once, and again for a key not seen before, so that auth may change its key', async () => {
    g = await aGateway({ auth });
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    expect(g.desk.keyFetches).toBe(1);

    g.clock.advance(31 * SECOND_MS);
    const former = g.tokenOf(aViewer());
    g.desk.keys.unshift(await readSigningKey(generateSigningKeyPem()));
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    expect(await codeOf(read, { headers: { authorization: `Bearer ${former}` } })).toBe('OK');
    expect(g.desk.keyFetches).toBe(2);
  });

  it('are fetched twice a minute at most, whatever key ids strangers think of; all hear the same, and nobody else notices', async () => {
    g = await aGateway({ auth });
    const stranger = await anAuthDesk();
    const as = aViewer();
    expect(await codeOf(read, { as })).toBe('OK');
    const before = g.desk.keyFetches;
    const answers = new Set<string>();
    for (const seconds of [5, 20, 10, 20]) {
      g.clock.advance(seconds * SECOND_MS);
      for (let batch = 0; batch < 5; batch += 1) {
        const flood = Array.from({ length: 50 }, () =>
          g.ask(read, { headers: { authorization: `Bearer ${withAnyKeyId(aToken(stranger, as, g.clock.now()))}` } }),
        );
        expect(await codeOf(read, { as })).toBe('OK');
        for (const { status, text } of await Promise.all(flood)) answers.add(`${status} ${withoutTrace(text)}`);
      }
    }
    expect([...answers]).toEqual([expect.stringMatching(/^401 .*"INVALID_TOKEN"/)]);
    expect(g.desk.keyFetches - before).toBeLessThanOrEqual(2);
  });

  it('are fetched for a new one also after the clock was set back', async () => {
    g = await aGateway({ auth });
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    g.clock.advance(-60 * MINUTE_MS);
    g.desk.keys.unshift(await readSigningKey(generateSigningKeyPem()));
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
  });

  it('that may be new are not called forged while auth cannot be asked for them', async () => {
    g = await aGateway({ auth });
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    g.clock.advance(31 * SECOND_MS);
    g.desk.keys.unshift(await readSigningKey(generateSigningKeyPem()));
    g.desk.isHanging = true;
    expect(await codeOf(read, { as: aViewer() })).toBe('AUTH_STATE_UNAVAILABLE');
    g.desk.isHanging = false;
    g.clock.advance(2 * SECOND_MS);
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
  });

  it('stop working within minutes of being withdrawn', async () => {
    g = await aGateway({ auth });
    const token = g.tokenOf(aViewer());
    const headers = { authorization: `Bearer ${token}` };
    expect(await codeOf(read, { headers })).toBe('OK');
    g.desk.keys = [await readSigningKey(generateSigningKeyPem())];
    g.clock.advance(6 * MINUTE_MS);
    await g.ask(read, { headers });
    expect(await codeOf(read, { headers })).toBe('INVALID_TOKEN');
  });
});

describe('A session', () => {
  it('is asked about at most every 4 s, and once at a time', async () => {
    g = await aGateway({ auth });
    const as = aViewer();
    await Promise.all([1, 2, 3, 4].map(() => g.ask(read, { as })));
    expect(g.desk.sessionChecks).toBe(1);
    g.clock.advance(3 * SECOND_MS);
    await g.ask(read, { as });
    expect(g.desk.sessionChecks).toBe(1);
    g.clock.advance(2 * SECOND_MS);
    await g.ask(read, { as });
    expect(g.desk.sessionChecks).toBe(2);
  });

  it('that has ended is refused within 5 s with 401, and the others go on', async () => {
    g = await aGateway({ auth });
    const [kim, lee] = [aViewer(), aViewer()];
    expect(await codeOf(read, { as: kim })).toBe('OK');
    g.desk.ended.add(kim.sessionId);
    g.clock.advance(5 * SECOND_MS);
    const { status, body } = await g.ask(read, { as: kim });
    expect([status, body.errors?.[0]?.extensions['code'], body.data]).toEqual([401, 'SESSION_REVOKED', undefined]);
    expect(await codeOf(read, { as: lee })).toBe('OK');
  });
});

describe('While auth cannot be asked', () => {
  let auths: FakeSubgraph;
  let isUp: boolean;
  let state: string;
  afterEach(() => auths.close());

  async function withAuth(): Promise<void> {
    isUp = true;
    state = 'ACTIVE';
    auths = await aFakeSubgraph((response, { path, body }) => {
      if (path === '/.well-known/jwks.json' && isUp) {
        sayJson(response, { keys: g.desk.keys.map((key) => key.publicJwk) });
      } else if (path === '/internal/session-check' && isUp) sayJson(response, { state });
      else if (path !== '/graphql') response.writeHead(503).end('{}');
      else if (body.query?.startsWith('mutation')) {
        sayJson(response, { data: { logout: { __typename: 'LoggedOut', endedSessionCount: 1 } } });
      } else sayJson(response, { data: { me: { id: 'usr_1' } } });
    });
    g = await aGateway({ auth: auths.url });
  }

  it('a session found good lately may read for 5 min, and change nothing', async () => {
    await withAuth();
    const as = aViewer();
    expect(await codeOf(read, { as })).toBe('OK');
    expect(await codeOf(change, { as })).toBe('OK');
    isUp = false;
    g.clock.advance(6 * SECOND_MS);
    expect(await codeOf(read, { as })).toBe('OK');
    const refused = await g.ask(change, { as });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: 'AUTH_STATE_UNAVAILABLE', retryAfterMs: 1_000 });
    g.clock.advance(5 * MINUTE_MS);
    expect(await codeOf(read, { as })).toBe('AUTH_STATE_UNAVAILABLE');
    isUp = true;
    g.clock.advance(2 * SECOND_MS);
    expect(await codeOf(change, { as })).toBe('OK');
  });

  it('a session never seen is told to come back, not that it is bad', async () => {
    await withAuth();
    expect(await codeOf(read, { as: aViewer() })).toBe('OK');
    isUp = false;
    expect(await codeOf(read, { as: aViewer() })).toBe('AUTH_STATE_UNAVAILABLE');
  });

  it('a session known to have ended stays ended', async () => {
    await withAuth();
    const as = aViewer();
    state = 'ENDED';
    expect(await codeOf(read, { as })).toBe('SESSION_REVOKED');
    isUp = false;
    g.clock.advance(MINUTE_MS);
    expect(await codeOf(read, { as })).toBe('SESSION_REVOKED');
  });

  it('the gateway starts all the same, says that it is not ready, and finds auth again by itself', async () => {
    await withAuth();
    isUp = false;
    const as = aViewer();
    expect((await fetch(`${g.url}/readyz`)).status).toBe(503);
    expect(await codeOf(read, { as })).toBe('AUTH_STATE_UNAVAILABLE');
    isUp = true;
    g.clock.advance(2 * SECOND_MS);
    expect(await codeOf(read, { as })).toBe('OK');
    expect((await fetch(`${g.url}/readyz`)).status).toBe(200);
  });

  it('a request waits a second for it, not longer', async () => {
    g = await aGateway({ auth }, {}, {});
    auths = await aFakeSubgraph(() => undefined);
    g.desk.isHanging = true;
    expect(await codeOf(read, { as: aViewer() })).toBe('AUTH_STATE_UNAVAILABLE');
    expect(g.logged.join()).toContain('no answer within 1000 ms');
  });
});

describe('An operation that anybody may ask for', () => {
  const clock = createManualClock('2026-11-21T03:00:00.000Z');
  const good = aViewer();
  let isUp = true;

  function authenticatorFor(desk: AuthDesk) {
    const [key] = desk.keys;
    const sessionGate = createSessionGate({
      ask: async ({ sessionId }) => {
        if (!isUp) throw new Error('auth is away');
        return await Promise.resolve({ state: sessionId === good.sessionId ? 'ACTIVE' : 'ENDED', lineIds: ['ln_1'] });
      },
      clock,
      failed: () => undefined,
    });
    const findKey = (keyId: string) => Promise.resolve(keyId === key?.keyId ? createPublicKey(key.privateKey) : null);
    return createAuthenticator({ keys: { find: findKey, isUsable: () => Promise.resolve(true) }, sessionGate, clock });
  }

  it('is answered although the header still carries the token that has just ended', async () => {
    const inADay = new Date('2026-11-22T03:00:00Z');
    const tokens = { accessToken: 'a', accessTokenExpiresAt: inADay, refreshToken: 'r', refreshTokenExpiresAt: inADay };
    g = await aGateway({
      auth: {
        ...auth,
        Mutation: {
          login: () => ({ __typename: 'LoginSucceeded', tokens, deviceToken: 'd' }),
          refreshSession: () => ({ __typename: 'SessionRefreshed', tokens }),
        },
      },
    });
    const ended = aViewer();
    g.desk.ended.add(ended.sessionId);
    const expired = aToken(g.desk, aViewer(), new Date(g.clock.now().getTime() - 32 * MINUTE_MS));
    for (const authorization of [`Bearer ${g.tokenOf(ended)}`, `Bearer ${expired}`, 'Bearer a.b.c', 'nonsense']) {
      const more = { headers: { authorization } };
      for (const open of [
        'mutation { login(input: { loginId: "kim", password: "secret" }) { ... on LoginSucceeded { deviceToken } } }',
        'mutation { refreshSession(input: { refreshToken: "r" }) { ... on SessionRefreshed { tokens { accessToken } } } }',
      ]) {
        expect(await codeOf(open, more)).toBe('OK');
      }
      expect(await codeOf(read, more)).not.toBe('OK');
    }
  });

  it('is not kept from anybody by a token that is no good any more, or never was; a good one still says who asks', async () => {
    const desk = await anAuthDesk();
    const authenticate = authenticatorFor(desk);
    const ask = (token: string, needsNobody: boolean) =>
      authenticate({ rawHeaders: ['Authorization', `Bearer ${token}`], isMutation: true, needsNobody });
    const now = clock.now();
    const worthless = [
      ['INVALID_TOKEN', 'a.b.c'],
      ['INVALID_TOKEN', 'nonsense'],
      ['INVALID_TOKEN', aToken(await anAuthDesk(), good, now)],
      ['TOKEN_EXPIRED', aToken(desk, good, new Date(now.getTime() - 32 * MINUTE_MS))],
      ['SESSION_REVOKED', aToken(desk, aViewer(), now)],
    ] as const;
    for (const [code, token] of worthless) {
      expect(await ask(token, true)).toBeNull();
      await expect(ask(token, false)).rejects.toMatchObject({ code });
    }
    expect(await ask(aToken(desk, good, now), true)).toEqual({ viewer: good, lineIds: ['ln_1'] });
    isUp = false;
    expect(await ask(aToken(desk, aViewer(), now), true)).toBeNull();
  });
});
