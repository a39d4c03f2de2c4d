import { createPublicKey } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createStepUpTokenVerifier, type Viewer } from '@supergraph/platform/identity';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { anAuthGraph, type AuthGraph } from '../testing/an-auth-graph.ts';
import { codeOf, signIn, tryLogin } from '../testing/signing-in.ts';

const challenge = 'c'.repeat(43);
const operation = `mutation ($input: CreateStepUpInput!) { createStepUp(input: $input) {
  __typename ... on StepUp { token expiresAt } ... on UserError { code message } } }`;
const incorrect = {
  __typename: 'PasswordIncorrect',
  code: 'PASSWORD_INCORRECT',
  message: '비밀번호가 올바르지 않습니다.',
};

let graph: AuthGraph;
beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(() => graph.close());

const stepUp = (viewer: Viewer | null, given: { readonly password: string; readonly challenge?: string }) =>
  graph.ask(operation, { input: { challenge: given.challenge ?? challenge, password: given.password } }, { viewer });

/** Reads a token as product does, which holds the public half of the key. */
const read = (token: unknown) =>
  createStepUpTokenVerifier({ publicKeys: [createPublicKey(graph.config.stepUpKeyPem)], clock: graph.clock })(
    String(token),
  );
const tokenIn = ({ data }: Awaited<ReturnType<typeof stepUp>>) =>
  (data['createStepUp'] as Readonly<Record<string, unknown>>)['token'];

describe('Giving the password once more', () => {
  it('gives a token for this person, this session and what it was asked for, good for five minutes', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    const answer = await stepUp(viewer, person);
    const expiresAt = new Date(graph.clock.now().getTime() + 5 * MINUTE_MS).toISOString();
    expect(answer.data).toEqual({ createStepUp: { __typename: 'StepUp', token: expect.any(String), expiresAt } });
    const { sessionId } = viewer;
    expect(await read(tokenIn(answer))).toEqual({ id: expect.any(String), userId: person.id, sessionId, challenge });
    const again = await read(tokenIn(await stepUp(viewer, person)));
    expect(again.id).not.toBe((await read(tokenIn(answer))).id);
    graph.clock.advance(5 * MINUTE_MS);
    await expect(read(tokenIn(answer))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('says that a wrong one is wrong, and goes on with the session', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    expect(await stepUp(viewer, { password: 'a guess' })).toEqual({ data: { createStepUp: incorrect }, errors: [] });
    expect((await stepUp(viewer, person)).data).toMatchObject({ createStepUp: { __typename: 'StepUp' } });
    expect(await graph.checkSession(viewer.sessionId)).toMatchObject({ state: 'ACTIVE' });
  });

  it('counts wrong ones with those of log-ins from the same device', async () => {
    const person = await graph.people.add();
    const { viewer, deviceToken } = await signIn(graph, person);
    const wrong = { loginId: person.loginId, password: 'a guess' };
    for (let nth = 0; nth < 3; nth += 1) await stepUp(viewer, wrong);
    for (let nth = 0; nth < 2; nth += 1) await tryLogin(graph, wrong, { deviceToken });
    expect((await stepUp(viewer, person)).errors).toMatchObject([
      { extensions: { code: 'LOGIN_BLOCKED', retryAfterMs: 30 * MINUTE_MS } },
    ]);
    expect(codeOf(await tryLogin(graph, person, { deviceToken }))).toBe('LOGIN_BLOCKED');
    graph.clock.advance(30 * MINUTE_MS - SECOND_MS);
    expect(codeOf(await stepUp(viewer, person))).toBe('LOGIN_BLOCKED');
  });

  it('is not kept from its owner by guesses from elsewhere', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    for (let nth = 0; nth < 6; nth += 1) await tryLogin(graph, { loginId: person.loginId, password: 'a guess' });
    expect((await stepUp(viewer, person)).data).toMatchObject({ createStepUp: { __typename: 'StepUp' } });
  });

  it('forgives the wrong ones before it', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    for (const password of [
      ...Array<string>(4).fill('a guess'),
      person.password,
      ...Array<string>(4).fill('a guess'),
    ]) {
      expect(codeOf(await stepUp(viewer, { password }))).toBeUndefined();
    }
    expect((await stepUp(viewer, person)).data).toMatchObject({ createStepUp: { __typename: 'StepUp' } });
  });

  it('checks no more than five of 50 that come at once', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    const before = graph.hashes();
    const answers = await Promise.all(Array.from({ length: 50 }, () => stepUp(viewer, { password: 'a guess' })));
    expect(graph.hashes() - before).toBe(5);
    expect(answers.filter((answer) => codeOf(answer) === 'LOGIN_BLOCKED')).toHaveLength(45);
  });

  it('is on record with the session, right or wrong', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    await stepUp(viewer, { password: 'a guess' });
    graph.clock.advance(1);
    await stepUp(viewer, person);
    const rows = await graph.query(
      `SELECT outcome, reason, session_id FROM login_history WHERE account_id = $1 AND kind = 'STEP_UP'
       ORDER BY happened_at`,
      [person.id],
    );
    expect(rows).toEqual([
      { outcome: 'FAILURE', reason: 'WRONG_PASSWORD', session_id: viewer.sessionId },
      { outcome: 'SUCCESS', reason: null, session_id: viewer.sessionId },
    ]);
  });

  it.each([
    ['nobody', () => null, 'UNAUTHENTICATED'],
    [
      'somebody whose session is another’s',
      (own: Viewer, other: Viewer) => ({ ...own, ...sessionOf(other) }),
      'SESSION_REVOKED',
    ],
    ['somebody whose session is none', (own: Viewer) => ({ ...own, sessionId: 'none' }), 'SESSION_REVOKED'],
  ] as const)('is not for %s', async (_whose, asking, code) => {
    const [person, other] = [await graph.people.add(), await graph.people.add()];
    const [own, others] = [await signIn(graph, person), await signIn(graph, other)];
    const before = graph.hashes();
    expect(codeOf(await stepUp(asking(own.viewer, others.viewer), person))).toBe(code);
    expect(graph.hashes()).toBe(before);
  });

  it('ends with the session', async () => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    await graph.ask('mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }', {}, { viewer });
    expect(codeOf(await stepUp(viewer, person))).toBe('SESSION_REVOKED');
  });

  it.each([
    ['challenge', { challenge: '' }],
    ['challenge', { challenge: 'c'.repeat(44) }],
    ['challenge', { challenge: "'; DROP TABLE" }],
    ['password', { password: '' }],
    ['password', { password: 'p'.repeat(129) }],
  ])('refuses a %s that cannot be one, without counting or hashing: %j', async (field, input) => {
    const person = await graph.people.add();
    const { viewer } = await signIn(graph, person);
    const before = graph.hashes();
    const { errors } = await stepUp(viewer, { password: person.password, ...input });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
    expect(graph.hashes()).toBe(before);
  });
});

const sessionOf = ({ sessionId }: Viewer) => ({ sessionId });
