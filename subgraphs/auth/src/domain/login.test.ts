import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';

import { anAuthGraph, aPhone, type AuthGraph } from '../testing/an-auth-graph.ts';
import { passwordOfAll } from '../testing/people.ts';
import { codeOf, refresh, signIn, tryLogin, type Credentials } from '../testing/signing-in.ts';

const halfAnHourMs = 30 * 60_000;
let graph: AuthGraph;

beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(() => graph.close());

/** How passwords are hashed today. */
const argon2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const wrong = ({ loginId }: { readonly loginId: string }): Credentials => ({ loginId, password: 'wrong-password' });

async function failTimes(times: number, person: { readonly loginId: string }): Promise<readonly unknown[]> {
  const codes = [];
  for (let attempt = 0; attempt < times; attempt += 1) codes.push(codeOf(await tryLogin(graph, wrong(person))));
  return codes;
}

const historyOf = (accountId: string) =>
  graph.query(
    `SELECT kind, outcome, reason, session_id FROM login_history WHERE account_id = $1 ORDER BY happened_at, id`,
    [accountId],
  );

describe('Signing in', () => {
  it('gives an access token of 30 minutes that names account, customer, role, permissions and session', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY', 'PRODUCT_CHANGE'] });
    const { tokens, viewer } = await signIn(graph, person);
    expect(viewer).toEqual({
      userId: person.id,
      customerId: person.customerId,
      role: 'CUSTOMER',
      scopes: expect.arrayContaining(['BILL_INQUIRY', 'PRODUCT_CHANGE']),
      sessionId: expect.any(String),
    });
    expect(tokens.accessTokenExpiresAt).toBe('2026-11-21T03:30:00.000Z');
    expect(tokens.refreshTokenExpiresAt).toBe('2026-11-22T03:00:00.000Z');
    expect(await graph.checkSession(viewer.sessionId)).toEqual({ state: 'ACTIVE', userId: person.id, lineIds: [] });
  });

  it('makes whoever signs in the viewer of the rest of the operation', async () => {
    const person = await graph.people.add({ lineNumbers: ['01099990009'], permissions: ['BILL_INQUIRY'] });
    const { loginId, password } = person;
    const answer = await graph.ask(
      `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginSucceeded { user {
        loginId status customer { lines { phoneNumber } } permissions { isGranted } sessions { isCurrent }
      } } } }`,
      { input: { loginId, password } },
    );
    expect(answer).toEqual({
      errors: [],
      data: {
        login: {
          user: {
            loginId,
            status: 'ACTIVE',
            customer: { lines: [{ phoneNumber: '010-9999-0009' }] },
            permissions: [{ isGranted: true }, { isGranted: false }],
            sessions: [{ isCurrent: true }],
          },
        },
      },
    });
  });

  it('says nothing personal in the access token', async () => {
    const person = await graph.people.add({ lineNumbers: ['01099990001'] });
    const { tokens } = await signIn(graph, person);
    const [, payload = ''] = tokens.accessToken.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const claimNames = ['aud', 'customer_id', 'exp', 'iat', 'iss', 'jti', 'role', 'scope', 'sid', 'sub'];
    expect(claims).toEqual(Object.fromEntries(claimNames.map((name) => [name, expect.anything()])));
    expect(JSON.stringify(claims)).not.toMatch(new RegExp(`${person.loginId}|0109999|9999-0001`));
  });

  it('takes the login id in any case', async () => {
    const person = await graph.people.add({ loginId: 'in-any_case' });
    expect((await signIn(graph, { ...person, loginId: 'IN-Any_Case' })).viewer.userId).toBe(person.id);
  });

  it('leaves out permissions that ran out or were switched off', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY', 'PRODUCT_CHANGE', 'ADMIN'] });
    await graph.query(`UPDATE permission_grant SET expires_at = $2 WHERE account_id = $1 AND service = 'ADMIN'`, [
      person.id,
      graph.clock.now(),
    ]);
    await graph.query(
      `UPDATE permission_grant SET is_active = false WHERE account_id = $1 AND service = 'PRODUCT_CHANGE'`,
      [person.id],
    );
    expect((await signIn(graph, person)).viewer.scopes).toEqual(['BILL_INQUIRY']);
  });

  it.each([
    ['an id of two letters', 'ab', 'password', 'loginId'],
    ['an id of 21 letters', 'a'.repeat(21), 'password', 'loginId'],
    ['an id with a space', 'with space', 'password', 'loginId'],
    ['an id that is SQL', "' OR 1=1--", 'password', 'loginId'],
    ['an id with NUL', 'nul\0nul', 'password', 'loginId'],
    ['an id in Korean', '한글아이디', 'password', 'loginId'],
    ['an empty password', 'testuser', '', 'password'],
    ['a password of 129 letters', 'testuser', 'p'.repeat(129), 'password'],
    ['a password of 129 emoji', 'testuser', '🔑'.repeat(129), 'password'],
  ])('refuses %s as bad input, without counting or hashing', async (_what, loginId, password, field) => {
    const before = graph.hashes();
    const answer = await tryLogin(graph, { loginId, password });
    expect(answer.errors).toEqual([
      { message: '입력값을 확인해 주세요.', extensions: { code: 'BAD_USER_INPUT', retryable: false, field } },
    ]);
    expect(graph.hashes()).toBe(before);
  });

  it('does not tell an unknown id from a wrong password or a closed account, and hashes once for each', async () => {
    const [known, suspended, inactive] = await Promise.all([
      graph.people.add(),
      graph.people.add({ status: 'SUSPENDED' }),
      graph.people.add({ status: 'INACTIVE' }),
    ]);
    const tries = [wrong(known), { loginId: 'nobody-at-all', password: passwordOfAll }, suspended, inactive];
    for (const credentials of tries) {
      const before = graph.hashes();
      const answer = await tryLogin(graph, credentials);
      expect(answer).toEqual({
        data: {},
        errors: [
          {
            message: 'ID 또는 비밀번호를 확인해주세요',
            extensions: { code: 'INVALID_CREDENTIALS', retryable: false },
          },
        ],
      });
      expect(graph.hashes() - before).toBe(1);
    }
  });

  it('takes as long for an id that nobody has as for a wrong password', async () => {
    const known = await graph.people.add();
    // What this process works, in all its threads: what else the machine does is no part of it.
    const timeOf = async (loginId: string): Promise<number> => {
      const before = process.cpuUsage();
      await tryLogin(graph, { loginId, password: 'wrong-password' });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    const pairs: (readonly [number, number])[] = [];
    // By turns, and each as often the first after the clock was moved, so that nothing falls on one of them alone.
    for (let nth = 0; nth < 30; nth += 1) {
      pairs.push([await timeOf(known.loginId), await timeOf(`nobody-${nth}`)]);
      graph.clock.advance(halfAnHourMs);
      const unknownFirstMs = await timeOf(`no-body-${nth}`);
      pairs.push([await timeOf(known.loginId), unknownFirstMs]);
      graph.clock.advance(halfAnHourMs);
    }
    const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
    const [wrongMs, unknownMs] = [median(pairs.map(([first]) => first)), median(pairs.map(([, second]) => second))];
    expect(Math.abs(wrongMs - unknownMs)).toBeLessThan(Math.max(2, 0.2 * wrongMs));
  });

  it('takes passwords of any 1 to 128 characters as they are', async () => {
    for (const password of [' leading and trailing ', '🔑'.repeat(128), 'é and é differ', 'p'.repeat(64)]) {
      const pepper = graph.config.passwordPepper;
      const person = await graph.people.add({
        passwordHash: await hash(password, { ...argon2, secret: pepper }),
      });
      expect(codeOf(await tryLogin(graph, { ...person, password: `${password}x` }))).toMatch(/INVALID|BAD/);
      expect((await signIn(graph, { ...person, password })).viewer.userId).toBe(person.id);
    }
  });

  it('renews a password hash of weaker settings, which then still fits the password', async () => {
    const pepper = graph.config.passwordPepper;
    const weak = await hash(passwordOfAll, { memoryCost: 8_192, timeCost: 1, parallelism: 1, secret: pepper });
    const person = await graph.people.add({ passwordHash: weak });
    await signIn(graph, person);
    const [row] = await graph.query('SELECT password_hash FROM account WHERE id = $1', [person.id]);
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await signIn(graph, person);
  });

  it('needs the pepper: a stolen table alone does not let passwords be tried', async () => {
    const elsewhere = await hash(passwordOfAll, { ...argon2, secret: randomBytes(32) });
    const person = await graph.people.add({ passwordHash: elsewhere });
    expect(codeOf(await tryLogin(graph, person))).toBe('INVALID_CREDENTIALS');
  });

  it('records every try with the client, whose address is sealed', async () => {
    const person = await graph.people.add();
    await tryLogin(graph, wrong(person));
    graph.clock.advance(1);
    const { viewer, tokens } = await signIn(graph, person, { autoLogin: true });
    graph.clock.advance(1);
    await refresh(graph, tokens.refreshToken);
    expect(await historyOf(person.id)).toEqual([
      { kind: 'LOGIN', outcome: 'FAILURE', reason: 'WRONG_PASSWORD', session_id: null },
      { kind: 'LOGIN', outcome: 'SUCCESS', reason: null, session_id: viewer.sessionId },
      { kind: 'AUTO_LOGIN', outcome: 'SUCCESS', reason: null, session_id: viewer.sessionId },
    ]);
    const rows = await graph.query('SELECT * FROM login_history WHERE account_id = $1', [person.id]);
    expect(rows[0]).toMatchObject({
      user_agent: aPhone.userAgent,
      client_ip_sealed: expect.stringMatching(/^v1\.k1\./),
    });
    expect(JSON.stringify(rows)).not.toContain(aPhone.address);
  });
});

describe('The lock after five failures', () => {
  it('holds for 30 minutes, also against the right password, and says how long it still will', async () => {
    const person = await graph.people.add();
    expect(await failTimes(5, person)).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
    graph.clock.advance(10 * 60_000);
    const before = graph.hashes();
    const answer = await tryLogin(graph, person);
    expect(answer.errors).toEqual([
      {
        message: '로그인 시도가 많아 30분간 제한됩니다.',
        extensions: { code: 'LOGIN_BLOCKED', retryable: false, retryAfterMs: 20 * 60_000 },
      },
    ]);
    expect(graph.hashes()).toBe(before);
    graph.clock.advance(20 * 60_000 - 1);
    expect(codeOf(await tryLogin(graph, person))).toBe('LOGIN_BLOCKED');
    graph.clock.advance(1);
    expect((await signIn(graph, person)).viewer.userId).toBe(person.id);
  });

  it('holds for ids that nobody has, in any case of letters', async () => {
    await failTimes(4, { loginId: 'nobody-has-this' });
    expect(await failTimes(2, { loginId: 'Nobody-Has-This' })).toEqual(['INVALID_CREDENTIALS', 'LOGIN_BLOCKED']);
  });

  it('stays away when a right password comes between: 4 failures, success, 4 failures, success', async () => {
    const person = await graph.people.add();
    for (const round of [1, 2]) {
      expect({ round, codes: await failTimes(4, person) }).toEqual({
        round,
        codes: Array(4).fill('INVALID_CREDENTIALS'),
      });
      await signIn(graph, person);
    }
  });

  it('forgets failures half an hour after the last one', async () => {
    const person = await graph.people.add();
    await failTimes(4, person);
    graph.clock.advance(halfAnHourMs);
    await failTimes(4, person);
    await signIn(graph, person);
  });

  it('survives a restart', async () => {
    const person = await graph.people.add();
    await failTimes(5, person);
    await graph.restart();
    expect(codeOf(await tryLogin(graph, person))).toBe('LOGIN_BLOCKED');
  });

  it('lets 200 parallel guesses check five passwords and no more', async () => {
    const person = await graph.people.add();
    const before = graph.hashes();
    const answers = await Promise.all(Array.from({ length: 200 }, () => tryLogin(graph, wrong(person))));
    const codes = answers.map(codeOf);
    expect(graph.hashes() - before).toBe(5);
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(5);
    expect(codes.filter((code) => code === 'LOGIN_BLOCKED')).toHaveLength(195);
    const outcomes = await graph.query(
      `SELECT outcome, count(*)::int FROM login_history WHERE account_id = $1 GROUP BY outcome ORDER BY outcome`,
      [person.id],
    );
    expect(outcomes).toEqual([
      { outcome: 'FAILURE', count: 5 },
      { outcome: 'LOCKED', count: 195 },
    ]);
  });

  it('does not name in its table who was tried', async () => {
    const person = await graph.people.add();
    await failTimes(1, person);
    expect(JSON.stringify(await graph.query('SELECT * FROM login_attempt'))).not.toContain(person.loginId);
  });

  it('shows the account as locked to its owner, whose open sessions go on', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    await failTimes(5, person);
    expect((await graph.ask('{ me { status } }', {}, { viewer })).data).toEqual({ me: { status: 'LOCKED' } });
    expect(await graph.checkSession(viewer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    graph.clock.advance(halfAnHourMs);
    expect((await graph.ask('{ me { status } }', {}, { viewer })).data).toEqual({ me: { status: 'ACTIVE' } });
  });
});
