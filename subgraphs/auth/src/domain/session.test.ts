import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@supergraph/platform/identity';

import { anAuthGraph, aPhone, type AuthGraph } from '../testing/an-auth-graph.ts';
import type { Person } from '../testing/people.ts';
import { refresh, signIn } from '../testing/signing-in.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
let graph: AuthGraph;

beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(async () => {
  await graph.close();
});

const stateOf = async ({ sessionId }: Viewer): Promise<string> => (await graph.checkSession(sessionId)).state;
const lastSeen = async ({ sessionId }: Viewer): Promise<unknown> =>
  (await graph.query('SELECT last_seen_at FROM session WHERE id = $1', [sessionId]))[0]?.['last_seen_at'];
const viewersOf = async (person: Person, count: number): Promise<Viewer[]> => {
  const viewers = [];
  for (let index = 0; index < count; index += 1) {
    graph.clock.advance(1);
    viewers.push((await signIn(graph, person)).viewer);
  }
  return viewers;
};
const statesOf = (viewers: readonly Viewer[]) => Promise.all(viewers.map(stateOf));
const endsOf = (person: Person) =>
  graph.query(`SELECT session_id, reason FROM login_history WHERE account_id = $1 AND kind = 'LOGOUT'`, [person.id]);

const logout = (viewer: Viewer, allSessions = false) =>
  graph.ask(
    'mutation ($input: LogoutInput!) { logout(input: $input) { ... on LoggedOut { endedSessionCount } } }',
    { input: { allSessions } },
    { viewer },
  );
const revoke = (viewer: Viewer, sessionId: string) =>
  graph.ask(
    `mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) {
      __typename ... on SessionRevoked { sessionId } ... on SessionNotFound { code message } } }`,
    { input: { sessionId } },
    { viewer, language: 'en' },
  );

describe('A session', () => {
  it('ends after 30 minutes without use', async () => {
    const { viewer } = await signIn(graph, await graph.people.add());
    graph.clock.advance(30 * minuteMs - 1);
    expect(await stateOf(viewer)).toBe('ACTIVE');
    graph.clock.advance(30 * minuteMs);
    expect(await stateOf(viewer)).toBe('ENDED');
  });

  it('goes on while it is used, and ends 24 hours after the login all the same', async () => {
    const { viewer } = await signIn(graph, await graph.people.add());
    for (let used = 0; used < 23 * hourMs + 40 * minuteMs; used += 20 * minuteMs) {
      graph.clock.advance(20 * minuteMs);
      expect(await stateOf(viewer)).toBe('ACTIVE');
    }
    graph.clock.advance(20 * minuteMs - 1);
    expect(await stateOf(viewer)).toBe('ACTIVE');
    graph.clock.advance(1);
    expect(await stateOf(viewer)).toBe('ENDED');
  });

  it('with auto-login stays for 24 hours without use, and no longer', async () => {
    const { tokens, viewer } = await signIn(graph, await graph.people.add(), { autoLogin: true });
    graph.clock.advance(24 * hourMs - 1);
    expect(await stateOf(viewer)).toBe('ACTIVE');
    expect((await refresh(graph, tokens.refreshToken)).refreshTokenExpiresAt).toBe(tokens.refreshTokenExpiresAt);
    graph.clock.advance(1);
    expect(await stateOf(viewer)).toBe('ENDED');
  });

  it('notes its use once a minute at most', async () => {
    const { viewer } = await signIn(graph, await graph.people.add());
    const openedAt = graph.clock.now();
    graph.clock.advance(minuteMs - 1);
    await stateOf(viewer);
    expect(await lastSeen(viewer)).toEqual(openedAt);
    graph.clock.advance(1);
    await Promise.all([stateOf(viewer), stateOf(viewer), stateOf(viewer)]);
    expect(await lastSeen(viewer)).toEqual(graph.clock.now());
  });

  it('stops with its account, and is none when nobody opened it', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    for (const status of ['SUSPENDED', 'INACTIVE']) {
      await graph.query('UPDATE account SET status = $2::account_status WHERE id = $1', [person.id, status]);
      expect(await graph.checkSession(viewer.sessionId)).toEqual({ state: 'ENDED', userId: person.id, lineIds: [] });
    }
    expect(await graph.checkSession('no-such-session')).toEqual({ state: 'ENDED', userId: null, lineIds: [] });
  });

  it('tells the gateway whose lines it may see: the customer’s own, and none of staff', async () => {
    const customer = await graph.people.add({ lineNumbers: ['01077770001', '01077770002'] });
    const staff = await graph.people.add({ role: 'OPERATOR' });
    const standingOf = async (person: Person) =>
      await graph.checkSession((await signIn(graph, person)).viewer.sessionId);
    expect((await standingOf(customer)).lineIds).toEqual(customer.lineIds.toSorted());
    expect((await standingOf(staff)).lineIds).toEqual([]);
  });

  it('is one of five at most: a sixth login ends the oldest, also when logins are parallel', async () => {
    const person = await graph.people.add();
    const viewers = await viewersOf(person, 6);
    expect(await statesOf(viewers)).toEqual(['ENDED', ...Array<string>(5).fill('ACTIVE')]);
    expect(await endsOf(person)).toEqual([{ session_id: viewers[0]?.sessionId, reason: 'EVICTED' }]);
    graph.clock.advance(1);
    const parallel = await Promise.all(Array.from({ length: 5 }, () => signIn(graph, person)));
    expect(await statesOf(viewers)).toEqual(Array(6).fill('ENDED'));
    expect(await statesOf(parallel.map(({ viewer }) => viewer))).toEqual(Array(5).fill('ACTIVE'));
  });

  it('is listed for its owner, newest first, with the device and which one is asking', async () => {
    const person = await graph.people.add();
    const first = await signIn(graph, person, { client: { ...aPhone, userAgent: null }, autoLogin: true });
    const firstAt = graph.clock.now();
    graph.clock.advance(5 * minuteMs);
    const second = await signIn(graph, person);
    const fields = 'id createdAt lastSeenAt expiresAt isCurrent isAutoLogin userAgent';
    const answer = await graph.ask(`{ me { sessions { ${fields} } } }`, {}, second);
    expect(answer.data).toEqual({
      me: {
        sessions: [
          expect.objectContaining({
            id: second.viewer.sessionId,
            isCurrent: true,
            isAutoLogin: false,
            userAgent: 'a phone',
          }),
          {
            id: first.viewer.sessionId,
            createdAt: firstAt.toISOString(),
            lastSeenAt: firstAt.toISOString(),
            expiresAt: new Date(firstAt.getTime() + 24 * hourMs).toISOString(),
            isCurrent: false,
            isAutoLogin: true,
            userAgent: null,
          },
        ],
      },
    });
    await logout(first.viewer);
    expect((await graph.ask('{ me { sessions { id } } }', {}, second)).data).toEqual({
      me: { sessions: [{ id: second.viewer.sessionId }] },
    });
  });
});

describe('Signing out', () => {
  it('ends this session, from the next check on, and is on record', async () => {
    const person = await graph.people.add();
    const [here, elsewhere] = await viewersOf(person, 2);
    if (here === undefined || elsewhere === undefined) throw new Error('two sessions were wanted');
    expect((await logout(here)).data).toEqual({ logout: { endedSessionCount: 1 } });
    expect(await statesOf([here, elsewhere])).toEqual(['ENDED', 'ACTIVE']);
    expect(await endsOf(person)).toEqual([{ session_id: here.sessionId, reason: 'LOGOUT' }]);
    expect((await logout(here)).data).toEqual({ logout: { endedSessionCount: 0 } });
  });

  it('everywhere ends all sessions of this account and of no other', async () => {
    const [person, other] = [await graph.people.add(), await graph.people.add()];
    const viewers = await viewersOf(person, 3);
    const [stranger] = await viewersOf(other, 1);
    const [caller] = viewers;
    if (caller === undefined || stranger === undefined) throw new Error('sessions were wanted');
    expect((await logout(caller, true)).data).toEqual({ logout: { endedSessionCount: 3 } });
    expect(await statesOf([...viewers, stranger])).toEqual(['ENDED', 'ENDED', 'ENDED', 'ACTIVE']);
  });
});

describe('Revoking a session', () => {
  it('ends one of the caller’s own', async () => {
    const person = await graph.people.add();
    const [lost, caller] = await viewersOf(person, 2);
    if (lost === undefined || caller === undefined) throw new Error('two sessions were wanted');
    expect((await revoke(caller, lost.sessionId)).data).toEqual({
      revokeSession: { __typename: 'SessionRevoked', sessionId: lost.sessionId },
    });
    expect(await statesOf([lost, caller])).toEqual(['ENDED', 'ACTIVE']);
    expect(await endsOf(person)).toEqual([{ session_id: lost.sessionId, reason: 'REVOKED' }]);
  });

  it('is done for whoever asks, also beside a sign-in of somebody else', async () => {
    const { viewer: caller } = await signIn(graph, await graph.people.add());
    const other = await graph.people.add();
    const { viewer: victim } = await signIn(graph, other);
    const { loginId, password } = other;
    const answer = await graph.ask(
      `mutation ($who: LoginInput!, $input: RevokeSessionInput!) {
        login(input: $who) { __typename } revokeSession(input: $input) { __typename } }`,
      { who: { loginId, password }, input: { sessionId: victim.sessionId } },
      { viewer: caller },
    );
    expect(answer.data).toMatchObject({ revokeSession: { __typename: 'SessionNotFound' } });
    expect(await stateOf(victim)).toBe('ACTIVE');
  });

  it('finds no session of anybody else, nor one that has ended, nor nonsense: all look the same', async () => {
    const { viewer: caller } = await signIn(graph, await graph.people.add());
    const { viewer: stranger } = await signIn(graph, await graph.people.add());
    const { viewer: ended } = await signIn(graph, await graph.people.add());
    await logout(ended);
    const notFound = { __typename: 'SessionNotFound', code: 'SESSION_NOT_FOUND', message: 'There is no such session.' };
    for (const sessionId of [stranger.sessionId, ended.sessionId, 'nonsense', "nul\0' OR 1=1--", '']) {
      expect((await revoke(caller, sessionId)).data).toEqual({ revokeSession: notFound });
    }
    expect(await stateOf(stranger)).toBe('ACTIVE');
  });
});
