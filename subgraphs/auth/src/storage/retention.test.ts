import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';
import { DAY_MS } from '@supergraph/platform/time';

import { anAuthGraph, type AuthGraph } from '../testing/an-auth-graph.ts';
import { codeOf, refresh, signIn, tryLogin, tryRefresh } from '../testing/signing-in.ts';

let graph: AuthGraph;
beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(() => graph.close());

const countOf = async (table: string): Promise<unknown> =>
  (await graph.query(`SELECT count(*)::int AS count FROM ${table}`))[0]?.['count'];

describe('What auth writes down', () => {
  it('is kept while it may still decide anything, and deleted when it cannot', async () => {
    const person = await graph.people.add();
    const { tokens } = await signIn(graph, person, { autoLogin: true });
    await refresh(graph, tokens.refreshToken);
    await tryLogin(graph, { loginId: person.loginId, password: 'a wrong password' });
    expect(await countOf('login_attempt')).toBe(1);

    graph.clock.advance(DAY_MS);
    await graph.restart();
    await eventually(async () => (await countOf('login_attempt')) === 0);
    expect(codeOf(await tryRefresh(graph, tokens.refreshToken))).toBe('REFRESH_TOKEN_REUSED');
    expect(await countOf('session')).toBe(1);

    graph.clock.advance(200 * DAY_MS);
    await graph.restart();
    await eventually(async () => (await countOf('session')) === 0);
    expect(await countOf('refresh_token')).toBe(0);
    expect(await countOf('login_history')).not.toBe(0);

    graph.clock.advance(200 * DAY_MS);
    await graph.restart();
    for (const table of ['known_device', 'login_history']) await eventually(async () => (await countOf(table)) === 0);
    expect(await countOf('account')).toBe(1);
  });
});
