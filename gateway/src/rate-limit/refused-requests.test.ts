import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aGateway, type Reply, type TestGateway } from '../testing/a-gateway.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

let g: TestGateway;
beforeAll(async () => {
  const line = (_: unknown, { id }: { id: string }) => ({ id });
  g = await aGateway({ auth: { Query: { me: () => ({ id: 'usr_1' }), line } } }, { RATE_LIMITS: 'on' });
});
afterAll(() => g.close());

const codeOf = ({ body }: Reply) => body.errors?.[0]?.extensions['code'];
const leftOf = ({ headers }: Reply) => headers.get('ratelimit-remaining');
const me = '{ me { id } }';
const bills = 'bills(first: 7) { edges { node { items { name } discounts { name } usage { used } } } }';
const dear = `{ ${Array.from({ length: 10 }, (_, at) => `a${at}: line(id: "ln_1") { ${bills} }`).join(' ')} }`;
const deep = `${'{ me '.repeat(30)}{ id }${' }'.repeat(30)}`;

describe('A request that is refused', () => {
  it.each([
    ['is no GraphQL', '{ me {', 'GRAPHQL_PARSE_FAILED'],
    ['is too deep for anybody', deep, 'QUERY_TOO_DEEP'],
    ['names no operation', 'fragment a on User { id }', 'OPERATION_RESOLUTION_FAILURE'],
    ['does not fit the schema', '{ me { idd } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['is too dear', dear, 'OPERATION_TOO_EXPENSIVE'],
  ])('because it %s counts once', async (_why, query, code) => {
    const as = aViewer({ userId: randomUUID() });
    const refused = await g.ask(query, { as });
    expect([codeOf(refused), leftOf(refused)]).toEqual([code, '99']);
    expect(leftOf(await g.ask(me, { as }))).toBe('98');
  });

  it('because nobody knows the id of what it asks counts once', async () => {
    const body = JSON.stringify({ documentId: `sha256:${'0'.repeat(64)}` });
    const refused = await g.post(body, { authorization: `Bearer ${g.tokenOf(aViewer({ userId: randomUUID() }))}` });
    expect([codeOf(refused), leftOf(refused)]).toEqual(['PERSISTED_QUERY_NOT_FOUND', '99']);
  });

  it('is not even held against the schema when its sender may ask no more', async () => {
    const as = aViewer({ userId: randomUUID() });
    const refusals = new Map<unknown, number>();
    for (let nth = 0; nth < 120; nth += 1) {
      const code = codeOf(await g.ask(`{ me { idd } } # ${nth}`, { as }));
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
    }
    expect([...refusals]).toEqual([
      ['GRAPHQL_VALIDATION_FAILED', 100],
      ['RATE_LIMITED', 20],
    ]);
    expect(codeOf(await g.ask('{ me {', { as }))).toBe('RATE_LIMITED');
    expect(codeOf(await g.ask(me, { as }))).toBe('RATE_LIMITED');
  });

  it('takes from what its address may ask when nobody signed in', async () => {
    const left = async (query: string) => Number(leftOf(await g.ask(query)));
    const before = await left(me);
    expect(await left('{ me { idd } }')).toBe(before - 1);
    expect(await left('{')).toBe(before - 2);
  });
});
