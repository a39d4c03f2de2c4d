import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { anOpenGateway, type OpenGateway } from '../testing/an-open-gateway.ts';
import { sayJson } from '../testing/fake-subgraph.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external"])';
const accounts = `${link}
  type Query { me: User }
  type User { id: ID! age: Int state: State lines: [Line] firm: [Line!] things: [Thing] }
  type Line @key(fields: "id") { id: ID! number: String! zone: Int }
  interface Thing { name: String! }
  type Book implements Thing { name: String! pages: Int! }
  type Film implements Thing { name: String! minutes: Int! }
  enum State { ACTIVE ENDED }`;
const bills = `${link}
  type Query { menu: Menu }
  type Menu { month: String! }
  type Line @key(fields: "id") { id: ID! zone: Int @external bill: Bill! note: String rate: Int! @requires(fields: "zone") }
  type Bill { total: Int! }`;

const menu = 'menu { month }';
const kosUnavailable = { code: 'KOS_UNAVAILABLE' };
const menuFails = { data: { menu: null }, errors: [{ message: 'x', path: ['menu'], extensions: kosUnavailable }] };
const line = (id: string, more: object = {}) => ({ __typename: 'Line', id, number: '010', ...more });

describe('What a subgraph leaves out that must be there', () => {
  let gateway: OpenGateway;
  let ofAccounts: unknown;
  let ofBills: unknown;
  beforeAll(async () => {
    gateway = await anOpenGateway({
      accounts: [
        accounts,
        (response) => {
          sayJson(response, ofAccounts);
        },
      ],
      bills: [
        bills,
        (response, { body }) => {
          sayJson(response, body.variables?.['representations'] === undefined ? menuFails : ofBills);
        },
      ],
    });
  });
  afterAll(() => gateway.close());

  async function ask(selections: string) {
    const query = `query ${selections.includes('$no') ? '($no: Boolean! = false)' : ''} { ${selections} }`;
    const { data, errors = [] } = (await gateway.ask(query)).body;
    return { data, errors: errors.map(({ path, extensions }) => [path?.join('.'), extensions['code']]) };
  }

  const bring = (me: unknown, entities: readonly unknown[] = []) => {
    ofAccounts = { data: { me } };
    ofBills = { data: { _entities: entities } };
  };

  const things = 'things { name ... on Book { pages } ... on Film { minutes } }';
  const book = { __typename: 'Book', name: 'a book' };
  const film = { __typename: 'Film', name: 'a film' };
  it.each([
    ['a field', 'me { id }', { id: null }, [], ['me.id']],
    ['a list where there is one', 'me { id }', [], [], ['me.id']],
    ['a field under another name', 'me { it: id }', { it: null }, [], ['me.it']],
    [
      'a field of some of a list',
      'me { lines { number } }',
      { lines: [line('1'), { number: null }] },
      [],
      ['me.lines.1.number'],
    ],
    [
      'a field of a list that has no gaps',
      'me { firm { number } }',
      { firm: [line('1'), { number: null }] },
      [],
      ['me.firm.1.number'],
    ],
    ['one of a list that has no gaps', 'me { firm { number } }', { firm: [line('1'), null] }, [], ['me.firm.1']],
    [
      'a field of one type of many',
      `me { ${things} }`,
      {
        things: [
          { ...book, pages: null },
          { ...film, minutes: 1 },
        ],
      },
      [],
      ['me.things.0.pages'],
    ],
    ['a field in a fragment', 'me { ... @skip(if: $no) { ... on User { id } } }', { id: null }, [], ['me.id']],
    ['a number that is none', 'me { age }', { age: 'old' }, [], ['me.age']],
    ['a name that an enumeration does not have', 'me { state }', { state: 'LOST' }, [], ['me.state']],
    [
      'a field of an entity',
      'me { lines { bill { total } } }',
      { lines: [line('1')] },
      [{ bill: { total: null } }],
      ['me.lines.0.bill.total'],
    ],
    ['an entity', 'me { lines { bill { total } } }', { lines: [line('1')] }, [null], ['me.lines.0.bill']],
    ['nothing', 'me { id age lines { note } }', { id: '1', age: null, lines: [line('1'), null] }, [null], []],
    ['what is left out of the operation', 'me { age id @include(if: $no) }', { age: 1 }, [], []],
    ['what nobody asked for', 'me { lines { note } }', { lines: [line('1', { number: null })] }, [{ note: 'x' }], []],
  ] as const)('has its error beside those of other failures: %s', async (_what, selections, me, entities, places) => {
    bring(me, entities);
    const alone = await ask(selections);
    expect(alone.errors).toEqual(places.map((place) => [place, 'INCOMPLETE_DATA']));
    const beside = await ask(`${selections} ${menu}`);
    expect(beside).toEqual({
      data: { ...alone.data, menu: null },
      errors: [['menu', 'KOS_UNAVAILABLE'], ...alone.errors],
    });
  });

  it.each([
    ['at the field', ['_entities', 0, 'bill']],
    ['within the field', ['_entities', 0, 'bill', 'total']],
    ['at another field without which the same is null', ['_entities', 0, 'rate']],
    ['at the entity', ['_entities', 0]],
  ])('has no second error when its subgraph tells why: %s', async (_where, path) => {
    bring({ lines: [line('1', { zone: 1 })] });
    ofBills = { data: { _entities: [null] }, errors: [{ message: 'x', path, extensions: kosUnavailable }] };
    const { data, errors } = await ask('me { lines { bill { total } rate } }');
    expect(data).toEqual({ me: { lines: [null] } });
    expect(new Set(errors.map(([, code]) => code))).toEqual(new Set(['KOS_UNAVAILABLE']));
  });

  it('has no second error when so much failed that not every place is told', async () => {
    bring({ lines: Array.from({ length: 1_000 }, (_, at) => line(String(at))) });
    ofBills = { data: null, errors: [{ message: 'x', extensions: kosUnavailable }] };
    const { errors } = await ask('me { lines { bill { total } } }');
    expect(errors.length).toBeLessThan(1_000);
    expect(new Set(errors.map(([, code]) => code))).toEqual(new Set(['KOS_UNAVAILABLE']));
  });
});
