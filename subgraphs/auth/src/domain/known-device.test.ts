import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY_MS, MINUTE_MS } from '@supergraph/platform/time';
import fc from 'fast-check';

import { anAuthGraph, type AuthGraph } from '../testing/an-auth-graph.ts';
import type { Person } from '../testing/people.ts';
import { codeOf, signIn, tryLogin } from '../testing/signing-in.ts';

let graph: AuthGraph;
beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(() => graph.close());

async function guess(person: { readonly loginId: string }, deviceToken?: string): Promise<unknown> {
  const credentials = { loginId: person.loginId, password: 'a wrong password' };
  return codeOf(await tryLogin(graph, credentials, deviceToken === undefined ? {} : { deviceToken }));
}

async function guessTimes(times: number, person: { readonly loginId: string }, deviceToken?: string) {
  const codes = [];
  for (let nth = 0; nth < times; nth += 1) codes.push(await guess(person, deviceToken));
  return codes;
}

const fiveThenBlocked = [...Array<string>(5).fill('INVALID_CREDENTIALS'), 'LOGIN_BLOCKED'];

const revoke = (person: Person, sessionId: string, by: string) =>
  graph.ask(
    'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }',
    { input: { sessionId } },
    { viewer: { ...person.viewer, sessionId: by } },
  );

const logOut = (person: Person, sessionId: string, allSessions: boolean) =>
  graph.ask(
    'mutation ($input: LogoutInput!) { logout(input: $input) { __typename } }',
    { input: { allSessions } },
    { viewer: { ...person.viewer, sessionId } },
  );

describe('A known device', () => {
  it('lets its owner in however many passwords were tried elsewhere, which stays locked', async () => {
    const person = await graph.people.add();
    const { deviceToken } = await signIn(graph, person);
    expect(await guessTimes(6, person)).toEqual(fiveThenBlocked);
    expect((await signIn(graph, person, { deviceToken })).viewer.userId).toBe(person.id);
    expect(codeOf(await tryLogin(graph, person))).toBe('LOGIN_BLOCKED');
  });

  it('has five tries of its own, for 30 minutes, which lock nobody out elsewhere', async () => {
    const person = await graph.people.add();
    const { deviceToken } = await signIn(graph, person);
    expect(await guessTimes(6, person, deviceToken)).toEqual(fiveThenBlocked);
    expect(codeOf(await tryLogin(graph, person, { deviceToken }))).toBe('LOGIN_BLOCKED');
    await signIn(graph, person);
    graph.clock.advance(30 * MINUTE_MS);
    await signIn(graph, person, { deviceToken });
  });

  it('keeps its token, so that a login whose answer was lost costs it nothing', async () => {
    const person = await graph.people.add();
    const { deviceToken } = await signIn(graph, person);
    expect(deviceToken).toMatch(/^[\w-]{43}$/);
    expect((await signIn(graph, person, { deviceToken })).deviceToken).toBe(deviceToken);
    expect((await signIn(graph, person)).deviceToken).not.toBe(deviceToken);
    const stored = JSON.stringify(await graph.query('SELECT * FROM known_device'));
    expect(stored).not.toContain(deviceToken);
  });

  it('is known for 90 days after each login from it', async () => {
    const person = await graph.people.add();
    const { deviceToken } = await signIn(graph, person);
    graph.clock.advance(90 * DAY_MS - 1);
    await signIn(graph, person, { deviceToken });
    graph.clock.advance(90 * DAY_MS);
    await guessTimes(5, person);
    expect(codeOf(await tryLogin(graph, person, { deviceToken }))).toBe('LOGIN_BLOCKED');
  });

  it('is known to one account: to any other its token is worth what none is, and so is nonsense', async () => {
    const [person, other] = [await graph.people.add(), await graph.people.add()];
    const { deviceToken } = await signIn(graph, other);
    const codes = [];
    for (const token of [deviceToken, 'nonsense', '', "\0' OR 1=1--", 'x'.repeat(100_000), deviceToken]) {
      codes.push(await guess(person, token));
    }
    expect(codes).toEqual(fiveThenBlocked);
    expect(await guessTimes(6, { loginId: 'nobody-at-all-here' }, deviceToken)).toEqual(fiveThenBlocked);
    expect(codeOf(await tryLogin(graph, other, { deviceToken }))).toBeUndefined();
  });

  it('is forgotten when its owner signs out everywhere, and stays when he signs out here', async () => {
    const person = await graph.people.add();
    const first = await signIn(graph, person);
    await logOut(person, first.viewer.sessionId, false);
    const second = await signIn(graph, person, first);
    await guessTimes(5, person);
    await signIn(graph, person, first);
    await logOut(person, second.viewer.sessionId, true);
    expect(codeOf(await tryLogin(graph, person, first))).toBe('LOGIN_BLOCKED');
  });

  it('is forgotten when its session is ended from another device, as a lost one is', async () => {
    const person = await graph.people.add();
    const [lost, kept] = [await signIn(graph, person), await signIn(graph, person)];
    await revoke(person, lost.viewer.sessionId, kept.viewer.sessionId);
    await guessTimes(5, person);
    expect(codeOf(await tryLogin(graph, person, lost))).toBe('LOGIN_BLOCKED');
    await signIn(graph, person, kept);
  });

  it('is forgotten when the password changes', async () => {
    const person = await graph.people.add();
    const { deviceToken } = await signIn(graph, person);
    graph.clock.advance(1);
    await graph.query('UPDATE account SET password_changed_at = $2 WHERE id = $1', [person.id, graph.clock.now()]);
    await guessTimes(5, person);
    expect(codeOf(await tryLogin(graph, person, { deviceToken }))).toBe('LOGIN_BLOCKED');
  });

  it('is one of ten at most: with one more, that which was not used for longest is forgotten', async () => {
    const person = await graph.people.add();
    const tokens = [];
    for (let nth = 0; nth < 11; nth += 1) {
      graph.clock.advance(1);
      tokens.push((await signIn(graph, person)).deviceToken);
    }
    await guessTimes(5, person);
    expect(codeOf(await tryLogin(graph, person, { deviceToken: tokens[0] ?? '' }))).toBe('LOGIN_BLOCKED');
    await signIn(graph, person, { deviceToken: tokens[1] ?? '' });
  });
});

describe('Whatever an attacker tries, from wherever', () => {
  const step = fc.oneof(
    fc.integer({ min: 1, max: 35 }).map((minutes) => ({ does: 'wait', minutes }) as const),
    fc.integer({ min: 1, max: 7 }).map((times) => ({ does: 'guess', times }) as const),
    fc.integer({ min: 1, max: 7 }).map((times) => ({ does: 'guess with a stolen token', times }) as const),
    fc.constant({ does: 'sign in' } as const),
  );
  const windowMs = 30 * MINUTE_MS;
  const devices = 2;

  it('the owner gets in from his own device, and 5 + 5 a known device are all the guesses in half an hour', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        const person = await graph.people.add();
        const own = await signIn(graph, person);
        const stolen = await signIn(graph, person);
        const guessedAtMs: number[] = [];
        const guessWith = async (times: number, deviceToken?: string): Promise<void> => {
          const codes = await guessTimes(times, person, deviceToken);
          const checked = codes.filter((code) => code === 'INVALID_CREDENTIALS');
          guessedAtMs.push(...checked.map(() => graph.clock.now().getTime()));
        };
        for (const each of steps) {
          if (each.does === 'wait') graph.clock.advance(each.minutes * MINUTE_MS);
          else if (each.does === 'guess') await guessWith(each.times);
          else if (each.does === 'sign in') await signIn(graph, person, own);
          else await guessWith(each.times, stolen.deviceToken);
        }
        await signIn(graph, person, own);
        for (const fromMs of guessedAtMs) {
          const within = guessedAtMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs);
          expect(within.length).toBeLessThanOrEqual(5 + 5 * devices);
        }
      }),
      { numRuns: 25 },
    );
  });
});
