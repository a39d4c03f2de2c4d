import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { anAuthGraph, aPhone, type AuthGraph } from '../testing/an-auth-graph.ts';
import { codeOf, refresh, signIn, tryRefresh } from '../testing/signing-in.ts';

const graceMs = 10_000;
const aStranger = { address: '198.51.100.66', userAgent: 'a phone' };
let graph: AuthGraph;

beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(async () => {
  await graph.close();
});

const unspentTokensOf = async (sessionId: string): Promise<number> => {
  const sql = 'SELECT FROM refresh_token WHERE session_id = $1 AND spent_at IS NULL';
  return (await graph.query(sql, [sessionId])).length;
};

describe('Renewing a session', () => {
  it('gives a new pair for the same session, with the permissions of now, and the same end', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY'] });
    const { tokens, viewer } = await signIn(graph, person);
    await graph.query('UPDATE permission_grant SET is_active = false WHERE account_id = $1', [person.id]);
    graph.clock.advance(20 * 60_000);
    const renewed = await refresh(graph, tokens.refreshToken);
    expect(renewed.refreshToken).not.toBe(tokens.refreshToken);
    expect(renewed.refreshTokenExpiresAt).toBe(tokens.refreshTokenExpiresAt);
    expect(await graph.viewerOf(renewed.accessToken)).toEqual({ ...viewer, scopes: [] });
  });

  it('counts as a use of the session', async () => {
    let { refreshToken } = (await signIn(graph, await graph.people.add())).tokens;
    for (let round = 0; round < 4; round += 1) {
      graph.clock.advance(29 * 60_000);
      ({ refreshToken } = await refresh(graph, refreshToken));
    }
  });

  it('keeps no token as it is, and none that a stolen database would yield', async () => {
    const { tokens } = await signIn(graph, await graph.people.add());
    const renewed = await refresh(graph, tokens.refreshToken);
    const stored = JSON.stringify(await graph.query('SELECT * FROM refresh_token'));
    for (const token of [tokens.refreshToken, renewed.refreshToken, renewed.accessToken]) {
      expect(stored).not.toContain(token);
    }
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['the right length', 'A'.repeat(43)],
    ['NUL and quotes', "\0' OR 1=1--"],
    ['100 KB', 'x'.repeat(100_000)],
  ])('refuses %s', async (_what, refreshToken) => {
    expect(codeOf(await tryRefresh(graph, refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  });

  it('refuses an access token', async () => {
    const { tokens } = await signIn(graph, await graph.people.add());
    expect(codeOf(await tryRefresh(graph, tokens.accessToken))).toBe('REFRESH_TOKEN_INVALID');
  });

  it('refuses the token of a session that was idle too long, was ended, or belongs to a closed account', async () => {
    const [idle, ended, closed] = await Promise.all([
      signIn(graph, await graph.people.add()),
      signIn(graph, await graph.people.add(), { autoLogin: true }),
      signIn(graph, await graph.people.add(), { autoLogin: true }),
    ]);
    graph.clock.advance(30 * 60_000);
    await graph.ask('mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }', {}, ended);
    await graph.query(`UPDATE account SET status = 'SUSPENDED' WHERE id = $1`, [closed.viewer.userId]);
    for (const { tokens } of [idle, ended, closed]) {
      expect(codeOf(await tryRefresh(graph, tokens.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
    }
  });
});

describe('A refresh token shown twice', () => {
  it('gives the very same pair to the same client for ten seconds, so that a lost answer is no harm', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add());
    const renewed = await refresh(graph, tokens.refreshToken);
    graph.clock.advance(graceMs - 1);
    expect(await refresh(graph, tokens.refreshToken)).toEqual(renewed);
    expect(await unspentTokensOf(viewer.sessionId)).toBe(1);
    expect(codeOf(await tryRefresh(graph, renewed.refreshToken))).toBeUndefined();
  });

  it('also from another instance, whose machine’s clock is 15 seconds ahead', async () => {
    const { tokens } = await signIn(graph, await graph.people.add());
    const renewed = await refresh(graph, tokens.refreshToken);
    const clock = { now: () => new Date(graph.clock.now().getTime() + 15_000) };
    await graph.restart({}, { clock, sharedClock: graph.clock });
    expect(await refresh(graph, tokens.refreshToken)).toEqual(renewed);
    await graph.restart();
  });

  it('gives one pair to ten parallel requests of one client', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add(), { autoLogin: true });
    const pairs = await Promise.all(Array.from({ length: 10 }, () => refresh(graph, tokens.refreshToken)));
    expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1);
    expect(await unspentTokensOf(viewer.sessionId)).toBe(1);
    const renewals = await graph.query(`SELECT FROM login_history WHERE session_id = $1 AND kind = 'AUTO_LOGIN'`, [
      viewer.sessionId,
    ]);
    expect(renewals).toHaveLength(1);
  });

  it('ends the whole family after ten seconds', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add());
    const renewed = await refresh(graph, tokens.refreshToken);
    graph.clock.advance(graceMs);
    const answer = await tryRefresh(graph, tokens.refreshToken);
    expect(answer.errors[0]).toMatchObject({
      message: '보안을 위해 다시 로그인해 주세요.',
      extensions: { code: 'REFRESH_TOKEN_REUSED', retryable: false },
    });
    expect(await graph.checkSession(viewer.sessionId)).toMatchObject({ state: 'ENDED' });
    expect(codeOf(await tryRefresh(graph, renewed.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
    expect(codeOf(await tryRefresh(graph, tokens.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
  });

  it.each([
    ['another address', aStranger],
    ['another program', { ...aPhone, userAgent: 'a thief' }],
    ['an unknown client', { address: null, userAgent: null }],
  ])('ends the family at once when it comes from %s', async (_what, client) => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add());
    await refresh(graph, tokens.refreshToken);
    expect(codeOf(await tryRefresh(graph, tokens.refreshToken, client))).toBe('REFRESH_TOKEN_REUSED');
    expect(await graph.checkSession(viewer.sessionId)).toMatchObject({ state: 'ENDED' });
  });

  it('leaves the other sessions of the account alone, and is on record', async () => {
    const person = await graph.people.add();
    const [other, stolen] = [await signIn(graph, person), await signIn(graph, person)];
    await refresh(graph, stolen.tokens.refreshToken);
    await tryRefresh(graph, stolen.tokens.refreshToken, aStranger);
    expect(await graph.checkSession(other.viewer.sessionId)).toMatchObject({ state: 'ACTIVE' });
    expect(
      await graph.query(`SELECT session_id, reason FROM login_history WHERE account_id = $1 AND kind = 'LOGOUT'`, [
        person.id,
      ]),
    ).toEqual([{ session_id: stolen.viewer.sessionId, reason: 'TOKEN_REUSED' }]);
  });

  it('gives nothing to anybody once the session has ended', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add());
    await refresh(graph, tokens.refreshToken);
    await graph.ask('mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }', {}, { viewer });
    expect(codeOf(await tryRefresh(graph, tokens.refreshToken))).toBe('REFRESH_TOKEN_INVALID');
  });

  it('never leaves two tokens that work, whatever the order of parallel renewals and their repetitions', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add());
    const second = await refresh(graph, tokens.refreshToken);
    await Promise.all(
      [tokens, second, tokens, second, second].map(({ refreshToken }) => tryRefresh(graph, refreshToken)),
    );
    expect(await unspentTokensOf(viewer.sessionId)).toBe(1);
  });
});
