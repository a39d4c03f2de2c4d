import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { anAuthGraph, type AuthGraph } from '../testing/an-auth-graph.ts';
import type { Person } from '../testing/people.ts';

const entitiesOperation = `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on User { loginId }
      ... on Customer { lines { phoneNumber } }
      ... on Line { phoneNumber }
    }
  }`;
const oddIds = ['', 'no-such-id', "nul\0' OR 1=1--", '한글', 'x'.repeat(100_000)];
let graph: AuthGraph;
let owner: Person;
let other: Person;
let operator: Person;
let analyst: Person;

beforeAll(async () => {
  graph = await anAuthGraph();
  owner = await graph.people.add({ lineNumbers: ['01012345678', '01012345679'] });
  other = await graph.people.add({ lineNumbers: ['01087654321'] });
  operator = await graph.people.add({ role: 'OPERATOR', permissions: ['ADMIN'] });
  analyst = await graph.people.add({ role: 'ANALYST' });
});
afterAll(async () => {
  await graph.close();
});

const representationsOf = ({ id, customerId, lineIds }: Person) => [
  { __typename: 'User', id },
  { __typename: 'Customer', id: customerId },
  ...lineIds.map((lineId) => ({ __typename: 'Line', id: lineId })),
];
const entities = (representations: readonly unknown[], asker: Person | null) =>
  graph.ask(entitiesOperation, { representations }, { viewer: asker?.viewer ?? null });

describe('Users, customers and lines', () => {
  it('are found by their owner, each in its place and as often as asked for', async () => {
    const asked = representationsOf(owner);
    const found = [
      { __typename: 'User', loginId: owner.loginId },
      { __typename: 'Customer', lines: expect.arrayContaining([{ phoneNumber: '010-1234-5678' }]) },
      { __typename: 'Line', phoneNumber: '010-1234-5678' },
      { __typename: 'Line', phoneNumber: '010-1234-5679' },
    ];
    expect((await entities(asked, owner)).data).toEqual({ _entities: found });
    expect((await entities([...asked].reverse(), owner)).data).toEqual({ _entities: [...found].reverse() });
    expect((await entities([asked[2], asked[2]], owner)).data).toEqual({ _entities: [found[2], found[2]] });
  });

  it('are not found by another customer or by staff, who cannot tell them from those that do not exist', async () => {
    for (const asker of [other, operator, analyst]) {
      const answer = await entities(representationsOf(owner), asker);
      expect(answer).toEqual({ data: { _entities: [null, null, null, null] }, errors: [] });
    }
  });

  it.each(['User', 'Customer', 'Line'])('are not found by odd ids, which do no harm: %s', async (__typename) => {
    const answer = await entities(
      oddIds.map((id) => ({ __typename, id })),
      owner,
    );
    expect(answer).toEqual({ data: { _entities: oddIds.map(() => null) }, errors: [] });
  });

  it('are nobody’s who is not signed in', async () => {
    for (const representation of representationsOf(owner)) {
      const answer = await entities([representation], null);
      expect(answer.errors.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED']);
      expect(answer.data).not.toMatchObject({ _entities: [expect.anything()] });
    }
  });

  it('follow the account and not the customer id that a token claims', async () => {
    const viewer = { ...other.viewer, customerId: owner.customerId };
    const answer = await graph.ask(entitiesOperation, { representations: representationsOf(owner) }, { viewer });
    expect(answer.data).toEqual({ _entities: [null, null, null, null] });
  });
});

describe('The query `line`', () => {
  const lineOperation = 'query ($id: ID!) { line(id: $id) { id phoneNumber } }';

  it('shows a line with its number to its owner alone', async () => {
    const [id = ''] = owner.lineIds;
    expect((await graph.ask(lineOperation, { id }, owner)).data).toEqual({
      line: { id, phoneNumber: '010-1234-5678' },
    });
    for (const asker of [other, operator, analyst]) {
      expect((await graph.ask(lineOperation, { id }, asker)).data).toEqual({ line: null });
    }
    for (const oddId of oddIds) {
      expect((await graph.ask(lineOperation, { id: oddId }, owner)).data).toEqual({ line: null });
    }
  });
});

describe('The query `me`', () => {
  it('leads to the customer and the lines', async () => {
    const answer = await graph.ask('{ me { id role customer { id lines { id } } } }', {}, owner);
    expect(answer.data).toEqual({
      me: {
        id: owner.id,
        role: 'CUSTOMER',
        customer: { id: owner.customerId, lines: expect.arrayContaining(owner.lineIds.map((id) => ({ id }))) },
      },
    });
  });

  it('shows staff without a customer', async () => {
    expect((await graph.ask('{ me { role customer { id } } }', {}, operator)).data).toEqual({
      me: { role: 'OPERATOR', customer: null },
    });
  });

  it('is refused when the account is gone', async () => {
    const viewer = { ...other.viewer, userId: 'gone' };
    expect((await graph.ask('{ me { id } }', {}, { viewer })).errors[0]?.extensions.code).toBe('SESSION_REVOKED');
  });

  it('leads to numbers that are sealed in the database', async () => {
    const stored = JSON.stringify(await graph.query('SELECT * FROM customer_line'));
    expect(stored).not.toMatch(/0101234|0108765/);
    expect(stored).toContain('v1.k1.');
  });
});
