import { afterEach, describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, readSigningKey } from '@supergraph/platform/identity';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from './testing/fake-subgraph.ts';
import { aToken, aViewer, anAuthDesk, type Resolvers } from './testing/stand-in-subgraphs.ts';

const auth: Resolvers = {
  Query: { me: () => ({ id: 'usr_1' }) },
  Mutation: { logout: () => ({ __typename: 'LoggedOut', endedSessionCount: 1 }) },
};
const read = '{ me { id } }';
const change = 'mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }';

let g: TestGateway;
afterEach(() => g.close());

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

  it('are fetched at most every 30 s, whatever key ids strangers think of', async () => {
    g = await aGateway({ auth });
    const stranger = await anAuthDesk();
    const forged = () => ({ authorization: `Bearer ${aToken(stranger, aViewer(), g.clock.now())}` });
    for (let at = 0; at < 5; at += 1) expect(await codeOf(read, { headers: forged() })).toBe('INVALID_TOKEN');
    expect(g.desk.keyFetches).toBe(1);
    g.clock.advance(31 * SECOND_MS);
    for (let at = 0; at < 5; at += 1) expect(await codeOf(read, { headers: forged() })).toBe('INVALID_TOKEN');
    expect(g.desk.keyFetches).toBe(2);
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
  it('is asked about at most every 5 s, and once at a time', async () => {
    g = await aGateway({ auth });
    const as = aViewer();
    await Promise.all([1, 2, 3, 4].map(() => g.ask(read, { as })));
    expect(g.desk.sessionChecks).toBe(1);
    g.clock.advance(4 * SECOND_MS);
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
    g = await aGateway({ auth });
    auths = await aFakeSubgraph(() => undefined);
    g.desk.isHanging = true;
    expect(await codeOf(read, { as: aViewer() })).toBe('AUTH_STATE_UNAVAILABLE');
    expect(g.logged.join()).toContain('no answer within 1000 ms');
  });
});
