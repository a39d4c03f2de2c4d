import { describe, expect, it } from '@jest/globals';
import { directivesIn } from '@supergraph/schema/directive-map';
import { createLogger } from '@supergraph/platform/telemetry';
import fc from 'fast-check';
import { buildSchema, getVariableValues, Kind, parse, validate } from 'graphql';

import { expandOperation, type Selected } from '../operation/expand-operation.ts';
import { fragmentsOf } from '../operation/fragments.ts';
import { createCostGate } from './cost-gate.ts';
import { createCosts } from './costs.ts';
import type { WrittenOut } from './estimate-cost.ts';

const sdl = `
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | FIELD_DEFINITION | OBJECT | SCALAR | ENUM
  directive @listSize(
    assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true
  ) on FIELD_DEFINITION

  type Query {
    shop: Shop
    shelves(first: Int = 4): [Shelf!]! @listSize(slicingArguments: ["first"])
    found: [Thing!]! @listSize(assumedSize: 2)
    undeclared: [Shelf!]!
    priced(slowly: Boolean @cost(weight: 7)): Int
  }
  type Mutation { open: Shop, close: Shop @cost(weight: 25) }
  type Shop {
    name: String
    remote: String @cost(weight: 10)
    shelf: Shelf
    books(first: Int! = 3, last: Int): BookConnection
      @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"], requireOneSlicingArgument: false)
  }
  type Shelf { label: String, books: [Book!] @listSize(assumedSize: 5), colours: [Colour!]! @listSize(assumedSize: 3) }
  type BookConnection { edges: [BookEdge!]! @cost(weight: 10), total: Int }
  type BookEdge { node: Book }
  interface Thing { title: String, price: Money }
  type Book implements Thing { title: String, price: Money, author: Author }
  type Toy implements Thing { title: String, price: Money @cost(weight: 4), maker: Shop }
  type Author @cost(weight: 3) { name: String }
  type Money @cost(weight: 0) { value: Int }
  enum Colour { RED }
`;
const schema = buildSchema(sdl);
const costs = createCosts(schema, directivesIn(parse(sdl)));

function operationOf(query: string, variables: Record<string, unknown> = {}): WrittenOut {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const [operation] = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const rootType = operation && schema.getRootType(operation.operation);
  if (operation === undefined || !rootType) throw new Error('no operation');
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced === undefined) throw new Error('wrong variables');
  return { selections: expandOperation(schema, operation, fragmentsOf(document)), rootType, variables: coerced };
}

const estimate = (query: string, variables?: Record<string, unknown>) => costs.estimate(operationOf(query, variables));

describe('The estimated cost of an operation', () => {
  it.each([
    ['an object costs one, its scalars nothing', '{ shop { name shelf { label } } }', 2],
    ['a field costs what it declares', '{ shop { remote } }', 11],
    ['a value of a declared type costs what the type declares', '{ found { ... on Book { author { name } } } }', 8],
    ['a mutation costs ten, unless it declares more', 'mutation { open { name } }', 10],
    ['a mutation that declares its cost', 'mutation { close { name } }', 25],
    ['a list costs its items', '{ shelves { label } }', 4],
    ['a list costs as many items as are wanted', '{ shelves(first: 9) { label } }', 9],
    ['lists in lists multiply', '{ shelves(first: 2) { books { author { name } } } }', 2 * (1 + 5 * (1 + 3))],
    ['a list nobody spoke of has ten items', '{ undeclared { label } }', 10],
    ['lists of scalars cost as scalars do', '{ shelves(first: 2) { colours } }', 2],
    ['a connection tells its edges how many they are', '{ shop { books { edges { node { title } } } } }', 35],
    ['the largest of several wishes counts', '{ shop { books(first: 1, last: 6) { edges { node { title } } } } }', 68],
    ['a connection without its edges is one object', '{ shop { books(first: 100) { total } } }', 2],
    ['less than none is none', '{ shelves(first: -5) { label } }', 0],
    ['an argument costs when it is given', '{ priced(slowly: true) }', 7],
    ['an argument left out costs nothing', '{ priced }', 0],
    ['an interface costs as much as its dearest type', '{ found { price { value } } }', 2 * (1 + 4)],
    [
      'of fragments on several types the dearest counts',
      '{ found { ... on Book { author { name } } ... on Toy { maker { name shelf { label } } } } }',
      2 * (1 + 3),
    ],
    ['what is left out costs nothing', '{ shop { remote @skip(if: true) shelf @include(if: false) { label } } }', 1],
    ['the schema itself is free', '{ __typename __schema { types { name } } }', 0],
    ['a fragment costs at each place', '{ a: shop { ...f } b: shop { ...f } } fragment f on Shop { remote }', 22],
  ])('%s', (_what, query, cost) => {
    expect(estimate(query)).toBe(cost);
  });

  it('follows the variables where they matter', () => {
    const query =
      'query ($n: Int = 3, $with: Boolean! = true) { shelves(first: $n) { books @include(if: $with) { title } } }';
    const operation = operationOf(query);
    expect(costs.estimate(operation)).toBe(3 * 6);
    expect(costs.estimate({ ...operation, variables: { n: 2, with: true } })).toBe(2 * 6);
    expect(costs.estimate({ ...operation, variables: { n: 2, with: false } })).toBe(2);
  });
});

describe('The actual cost of an operation', () => {
  const count = (query: string, data: unknown, variables?: Record<string, unknown>) =>
    costs.count(operationOf(query, variables), data);

  it('is that of what is in the answer', () => {
    const query = '{ shop { remote books { edges { node { title author { name } } } } } }';
    const edges = [
      { node: { title: 'a', author: { name: 'b' } } },
      { node: { title: 'c', author: null } },
      { node: null },
    ];
    expect(count(query, { shop: { remote: 'x', books: { edges } } })).toBe(12 + 3 * 11 + 2 * 3);
    expect(count(query, { shop: null })).toBe(1);
    expect(count(query, null)).toBe(0);
  });

  it('counts what two fragments share once', () => {
    const query =
      '{ shop { ...a ...b } } fragment a on Shop { shelf { label } remote } fragment b on Shop { shelf { colours } remote }';
    expect(count(query, { shop: { shelf: { label: 'x', colours: ['RED'] }, remote: 'y' } })).toBe(12);
  });

  it('knows a type by what is there', () => {
    const query = '{ found { ... on Book { author { name } } ... on Toy { maker { name } price { value } } } }';
    expect(count(query, { found: [{ author: { name: 'x' } }, { maker: { name: 'y' }, price: { value: 1 } }] })).toBe(
      4 + 6,
    );
  });

  it('is never more than was estimated while lists are no longer than declared', () => {
    const leaf = fc.constantFrom('title', 'price { value }');
    const thing = fc.oneof(
      leaf,
      fc.constantFrom('... on Book { author { name } }', '... on Toy { maker { remote } price { value } }'),
    );
    const some = (what: fc.Arbitrary<string>) =>
      fc.array(what, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '));
    const shelf = fc.oneof(
      fc.constant('label'),
      fc.constant('colours'),
      some(leaf).map((inner) => `books { ${inner} }`),
    );
    const connection = fc
      .tuple(fc.nat(4), some(leaf))
      .map(([first, inner]) => `books(first: ${first}) { total edges { node { ${inner} } } }`);
    const shop = fc.oneof(
      fc.constant('remote'),
      some(shelf).map((inner) => `shelf { ${inner} }`),
      connection,
    );
    const root = fc.oneof(
      some(shop).map((inner) => `shop { ${inner} }`),
      fc.tuple(fc.nat(3), some(shelf)).map(([first, inner]) => `shelves(first: ${first}) { ${inner} }`),
      some(thing).map((inner) => `found { ${inner} }`),
      fc.constant('priced(slowly: true)'),
    );
    const isOneAnswer = (query: string) => validate(schema, parse(query)).length === 0;
    const operations = some(root)
      .map((inner) => `{ ${inner} }`)
      .filter(isOneAnswer);
    fc.assert(
      fc.property(operations, fc.infiniteStream(fc.nat(9)), (query, chance: Iterator<number, number>) => {
        const operation = operationOf(query);
        const data = answerTo(operation.selections, () => chance.next().value);
        expect(costs.count(operation, data)).toBeLessThanOrEqual(costs.estimate(operation));
      }),
    );
  });
});

/** An answer that keeps to the declared sizes; now and then something is missing. */
function answerTo(selections: readonly Selected[], chance: () => number, size = 0): Record<string, unknown> {
  const sizes: Readonly<Record<string, number>> = { found: 2, colours: 3, edges: size, 'Shelf.books': 5 };
  const isBook = chance() % 2 === 0;
  const entries = selections.flatMap((selected): [string, unknown][] => {
    if (selected.kind === 'fragment') {
      const isOther = selected.type.name === (isBook ? 'Toy' : 'Book');
      return isOther ? [] : Object.entries(answerTo(selected.selections, chance, size));
    }
    const { key, node, parent, definition } = selected;
    if (definition === null || chance() === 0) return [[key, null]];
    const first = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const wished = first?.kind === Kind.INT ? Number(first.value) : 3;
    const most = sizes[`${parent.name}.${definition.name}`] ?? sizes[definition.name] ?? wished;
    const one = () => (selected.selections.length === 0 ? 'x' : answerTo(selected.selections, chance, wished));
    const isList = definition.type.toString().startsWith('[');
    return [[key, isList ? Array.from({ length: most - (chance() % (most + 1)) }, one) : one()]];
  });
  return Object.fromEntries(entries);
}

describe('A budget', () => {
  const logged: string[] = [];
  const log = createLogger({
    service: 'gateway',
    level: 'info',
    destination: { write: (line) => void logged.push(line) },
  });
  const spending = {
    estimated: 12,
    role: { name: 'CUSTOMER', maxCost: 11, seesCost: false },
    requestId: 'r',
    operationName: 'Main',
  };

  const refusalOf = (seesCost: boolean): unknown => {
    try {
      createCostGate({ mode: 'enforce', log })({ ...spending, role: { ...spending.role, seesCost } });
      return null;
    } catch (error) {
      return error;
    }
  };

  it('is enforced, and those who may know are told by how much it was missed', () => {
    const spend = createCostGate({ mode: 'enforce', log });
    spend({ ...spending, estimated: 11 });
    expect(refusalOf(false)).toMatchObject({ code: 'OPERATION_TOO_EXPENSIVE', cost: null });
    expect(refusalOf(true)).toMatchObject({ cost: { estimated: 12, allowed: 11 } });
    expect(logged).toEqual([]);
  });

  it('is only written down while it is being measured', () => {
    createCostGate({ mode: 'measure', log })(spending);
    expect(logged.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ role: 'CUSTOMER', estimated: 12, allowed: 11, operationName: 'Main', requestId: 'r' }),
    ]);
  });
});
