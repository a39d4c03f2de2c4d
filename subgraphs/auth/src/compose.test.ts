import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem, internalTokenHeader } from '@supergraph/platform/identity';

import { demoAccounts, seedDemoAccounts } from './demo-accounts.ts';
import { anAuthGraph, aPhone, type AuthGraph } from './testing/an-auth-graph.ts';
import { codeOf, refresh, signIn, tryLogin, tryRefresh } from './testing/signing-in.ts';

const nothingInternal = /127\.0|postgres|prisma|select|at \/|\.ts/i;
let graph: AuthGraph;

beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(async () => {
  await graph.close();
});

const checkSession = (headers: Readonly<Record<string, string>>, body: unknown = { sessionId: 's' }) =>
  graph.post('/internal/session-check', body, headers);
const fromGateway = (audience = 'auth') => ({ [internalTokenHeader]: graph.signInternalToken(null, audience) });

describe('The signing keys', () => {
  it('are published with their public half only, to be kept for a minute', async () => {
    const answer = await graph.request('/.well-known/jwks.json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          kid: expect.any(String),
          alg: 'ES256',
          use: 'sig',
        },
      ],
    });
  });

  it('change by putting a new one in front: it signs, and what the old one signed stays good', async () => {
    const person = await graph.people.add();
    const before = await signIn(graph, person);
    const pems = [generateSigningKeyPem(), ...graph.config.signingKeyPems];
    await graph.restart({ signingKeyPems: pems });
    const after = await signIn(graph, person);
    const keyIdOf = (token: string) => Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8');
    expect(keyIdOf(after.tokens.accessToken)).not.toBe(keyIdOf(before.tokens.accessToken));
    expect(await graph.viewerOf(before.tokens.accessToken)).toEqual(before.viewer);
    await graph.restart({ signingKeyPems: pems.slice(0, 1) });
    await expect(graph.viewerOf(before.tokens.accessToken)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
    await graph.restart();
  });
});

describe('The session check', () => {
  it('answers the gateway and nobody else', async () => {
    const refused = await Promise.all([
      checkSession({}),
      checkSession({ [internalTokenHeader]: 'forged' }),
      checkSession(fromGateway('billing')),
    ]);
    for (const answer of refused) {
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_TOKEN' } }] });
    }
    expect((await checkSession(fromGateway())).status).toBe(200);
  });

  it.each([[{}], [{ sessionId: 7 }], [{ sessionId: "nul\0'" }], [{ sessionId: 'x'.repeat(65) }], [['s']]])(
    'refuses %j as a malformed request',
    async (body) => {
      const answer = await checkSession(fromGateway(), body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    },
  );
});

describe('Without its database the service', () => {
  beforeAll(async () => {
    await graph.restart({ database: { url: 'postgresql://nobody@127.0.0.1:1/nothing', maxConnections: 2 } });
  });
  afterAll(async () => {
    await graph.restart();
  });

  it('is alive but not ready', async () => {
    expect((await graph.request('/livez')).status).toBe(200);
    const ready = await graph.request('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'unavailable', checks: { database: false } });
  });

  it('says that it is unavailable and that sessions cannot be checked, and no word of why', async () => {
    const operations = [
      tryLogin(graph, { loginId: 'testuser01', password: 'password' }),
      tryRefresh(graph, 'token'),
      graph.ask(
        '{ me { id } }',
        {},
        { viewer: { userId: 'u', customerId: 'c', role: 'CUSTOMER', scopes: [], sessionId: 's' } },
      ),
    ];
    for (const answer of await Promise.all(operations)) {
      expect(codeOf(answer)).toBe('SERVICE_UNAVAILABLE');
      expect(JSON.stringify(answer)).not.toMatch(nothingInternal);
    }
    const check = await checkSession(fromGateway());
    expect(check.status).toBe(503);
    const body = await check.text();
    expect(body).toContain('AUTH_STATE_UNAVAILABLE');
    expect(body).not.toMatch(nothingInternal);
  });
});

describe('The service', () => {
  it('is ready while its database answers, also after all its connections were cut', async () => {
    expect((await graph.request('/readyz')).status).toBe(200);
    await graph.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth' AND datname = current_database()`,
    );
    const person = await graph.people.add();
    await tryLogin(graph, person);
    expect((await signIn(graph, person)).viewer.userId).toBe(person.id);
  });

  it('turns logins away when too many wait for hashing, without holding it against anybody', async () => {
    await graph.restart({ passwordHashes: { concurrent: 1, waiting: 2 } });
    const person = await graph.people.add();
    const wrong = { loginId: person.loginId, password: 'wrong-password' };
    const codes = (await Promise.all(Array.from({ length: 20 }, () => tryLogin(graph, wrong)))).map(codeOf);
    const counted = codes.filter((code) => code !== 'OVERLOADED').length;
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThan(20);
    const history = await graph.query('SELECT FROM login_history WHERE account_id = $1', [person.id]);
    expect(history).toHaveLength(counted);
    await graph.restart();
  });

  it('hears no operation without the gateway’s token', async () => {
    const answer = await graph.post('/graphql', { query: '{ _service { sdl } }' }, {});
    expect(answer.status).toBe(401);
  });

  it('keeps passwords, tokens, numbers and addresses out of its log', async () => {
    const person = await graph.people.add({ lineNumbers: ['01099990002'] });
    const { tokens, viewer } = await signIn(graph, person);
    await graph.ask('{ me { customer { lines { phoneNumber } } } }', {}, { viewer });
    const renewed = await refresh(graph, tokens.refreshToken);
    await tryRefresh(graph, tokens.refreshToken, { address: '198.51.100.1', userAgent: 'a thief' });
    await tryLogin(graph, { ...person, password: 'mistyped-secret' });
    const log = graph.log.join('');
    for (const secret of [
      person.password,
      'mistyped-secret',
      tokens.refreshToken,
      renewed.accessToken,
      aPhone.address ?? '',
    ]) {
      expect(log).not.toContain(secret);
    }
    expect(log).not.toMatch(/010-?9999-?0002/);
  });
});

describe('The demo accounts', () => {
  it('are made once, and each can sign in with its documented password and rights', async () => {
    await seedDemoAccounts(graph.config, graph);
    await seedDemoAccounts(graph.config, graph);
    for (const account of demoAccounts) {
      expect(account.password.length).toBeGreaterThanOrEqual(10);
      const { viewer } = await signIn(graph, account);
      expect(viewer).toMatchObject({ role: account.role, customerId: account.customerId });
      expect([...viewer.scopes].sort()).toEqual([...account.permissions].sort());
      const answer = await graph.ask('{ me { customer { lines { phoneNumber } } } }', {}, { viewer });
      const numbers = account.lineNumbers.map((n) => ({ phoneNumber: n.replace(/^(\d{3})(\d{4})/, '$1-$2-') }));
      expect(answer.data).toEqual({
        me: { customer: account.customerId && { lines: expect.arrayContaining(numbers) } },
      });
    }
  });

  it('stay as their people left them', async () => {
    await graph.query(`UPDATE account SET status = 'SUSPENDED' WHERE login_id = 'testuser02'`);
    await seedDemoAccounts(graph.config, graph);
    expect(await graph.query(`SELECT status FROM account WHERE login_id = 'testuser02'`)).toEqual([
      { status: 'SUSPENDED' },
    ]);
  });
});
