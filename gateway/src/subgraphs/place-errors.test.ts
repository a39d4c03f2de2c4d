import type { ServerResponse } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';

import { aGateway, type Reply, type TestGateway } from '../testing/a-gateway.ts';
import { anOpenGateway, type OpenGateway } from '../testing/an-open-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from '../testing/fake-subgraph.ts';
import { authOfOneCustomer } from '../testing/one-customer.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const placesIn = ({ body }: Reply) => body.errors?.map(({ path }) => path?.join('.') ?? 'the whole');
const atEachLine = (field: string) => [0, 1, 2].map((at) => `me.customer.lines.${String(at)}.${field}`);
const ofLines = (fields: string) => `me { loginId customer { lines { id ${fields} } } }`;
const orders = 'fragment Orders on Line { productOrders { totalCount pageInfo { hasNextPage } } }';
const offerings = 'fragment Offerings on Query { productOfferings { totalCount } }';

describe('What a subgraph that fails would have brought', () => {
  let g: TestGateway;
  let product: FakeSubgraph;
  let answer: Parameters<typeof aFakeSubgraph>[0];
  beforeAll(async () => {
    product = await aFakeSubgraph((response, heard) => {
      answer(response, heard);
    });
    g = await aGateway({ auth: authOfOneCustomer(), product: product.url });
  });
  afterAll(async () => {
    await product.close();
    await g.close();
  });

  const askWhileFailing = async (selections: string) => {
    const used = (all: readonly string[], nameOf: (one: string) => string) =>
      all.filter((one) => selections.includes(nameOf(one))).join(' ');
    const variables = used(['$yes: Boolean!', '$no: Boolean!'], (one) => one.split(':')[0] ?? '');
    const fragments = used([orders, offerings], (one) => `...${one.split(' ')[1] ?? ''}`);
    const query = `query (${variables}) { ${selections} } ${fragments}`;
    answer = (response) => {
      sayJson(response, { errors: [{ message: 'x', extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
    };
    const ownWords = await g.ask(query, { as: aViewer(), variables: { yes: true, no: false } });
    answer = (response) => void response.writeHead(501).end();
    const silence = await g.ask(query, { as: aViewer(), variables: { yes: true, no: false } });
    expect(placesIn(silence)).toEqual(placesIn(ownWords));
    return silence;
  };

  it.each([
    ['one condition', ofLines('...Orders @include(if: $yes)'), atEachLine('productOrders')],
    ['two', ofLines('... @include(if: $yes) { ... @skip(if: $no) { ...Orders } }'), atEachLine('productOrders')],
    [
      'two, beside something unconditional',
      ofLines('currentProduct { id } ... on Line @include(if: $yes) { ...Orders @skip(if: $no) }'),
      [...atEachLine('currentProduct'), ...atEachLine('productOrders')],
    ],
    [
      'one, beside a fragment that is used twice',
      ofLines('...Orders currentProduct @include(if: $yes) { line { ...Orders } }'),
      [...atEachLine('currentProduct'), ...atEachLine('productOrders')],
    ],
    ['one at the root', 'me { loginId } ...Offerings @include(if: $yes)', ['productOfferings']],
    [
      'two at the root',
      'me { loginId } ... @include(if: $yes) { ... @skip(if: $no) { ...Offerings } }',
      ['productOfferings'],
    ],
    [
      'one at the root, beside something unconditional',
      'me { loginId } ...Offerings @include(if: $yes) productOffering(id: "5G") { id }',
      ['productOffering', 'productOfferings'],
    ],
    [
      'one that does not hold, beside something unconditional',
      'me { loginId } ...Offerings @include(if: $no) productOffering(id: "5G") { id }',
      ['productOffering'],
    ],
  ])('has an error of its own under %s', async (_conditions, selections, places) => {
    const reply = await askWhileFailing(selections);
    expect([reply.status, reply.body.data?.['me']]).toMatchObject([200, { loginId: 'kim' }]);
    expect([...(placesIn(reply) ?? [])].sort()).toEqual([...places].sort());
  });

  it('is refused as a whole when it is all that was asked for', async () => {
    const reply = await askWhileFailing('... @include(if: $yes) { ... @skip(if: $no) { ...Offerings } }');
    expect([reply.status, placesIn(reply)]).toEqual([503, ['productOfferings']]);
  });
});

describe('An error of a subgraph that names no field', () => {
  let g: TestGateway;
  let product: FakeSubgraph;
  let answer: unknown;
  beforeAll(async () => {
    product = await aFakeSubgraph((response) => {
      sayJson(response, answer);
    });
    g = await aGateway({ auth: authOfOneCustomer(), product: product.url });
  });
  afterAll(async () => {
    await product.close();
    await g.close();
  });

  const extensions = { code: 'KOS_UNAVAILABLE' };
  const plans = `{ ${ofLines('currentProduct { id }')} }`;
  const plansOf = (...lines: number[]) => lines.map((at) => `me.customer.lines.${String(at)}.currentProduct`);

  it.each([
    ['those of the entity it leads to', ['_entities', 1], plansOf(1)],
    ['those of an entity that stands at two places', ['_entities', 0], plansOf(0, 2)],
    ['those of all entities, when it leads to no one of them', ['_entities'], plansOf(0, 1, 2)],
    ['those of all entities, when it leads to one nobody asked for', ['_entities', 7], plansOf(0, 1, 2)],
    ['all there are, when it leads nowhere', [], plansOf(0, 1, 2)],
  ])('is at fields: %s', async (_which, path, places) => {
    answer = { data: { _entities: [null, null] }, errors: [{ message: 'x', path, extensions }] };
    const reply = await g.ask(plans, { as: aViewer() });
    expect([...(placesIn(reply) ?? [])].sort()).toEqual(places);
    expect(new Set(reply.body.errors?.map(({ extensions: { code } }) => code))).toEqual(new Set(['KOS_UNAVAILABLE']));
  });

  it('is at each field of a fetch without entities, too', async () => {
    answer = { data: null, errors: [{ message: 'x', path: [], extensions }] };
    const reply = await g.ask('{ me { loginId } productOfferings { totalCount } }', { as: aViewer() });
    expect(placesIn(reply)).toEqual(['productOfferings']);
  });

  it('is what a subgraph of ours says that cannot tell of an entity', async () => {
    const Line = {
      __resolveReference: ({ id }: { id: string }) =>
        id === 'ln_2' ? Promise.reject(new CodedError('KOS_UNAVAILABLE')) : { id },
      currentProduct: () => null,
    };
    const ours = await aGateway({ auth: authOfOneCustomer(), product: { Line } });
    expect(placesIn(await ours.ask(plans, { as: aViewer() }))).toEqual(plansOf(1));
    await ours.close();
  });
});

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject"])';
const catalogue = `${link}
  type Query { media: [Media!]! }
  interface Media @key(fields: "id") { id: ID! }
  type Book implements Media @key(fields: "id") { id: ID! shelf: Int }
  type Film implements Media @key(fields: "id") { id: ID! }`;
const reviews = `${link}
  interface Media @key(fields: "id") { id: ID! stars: Int }
  type Book implements Media @key(fields: "id") { id: ID! stars: Int pages: Int }
  type Film implements Media @key(fields: "id") { id: ID! stars: Int minutes: Int }`;
const labels = `${link}
  type Media @key(fields: "id") @interfaceObject { id: ID! label: String }`;

describe('What is asked of an interface', () => {
  let gateway: OpenGateway;
  beforeAll(async () => {
    const media = [
      { __typename: 'Book', id: '1', it: 90 },
      { __typename: 'Film', id: '2' },
    ];
    const fail = (response: ServerResponse): void => void response.writeHead(501).end();
    gateway = await anOpenGateway({
      catalogue: [
        catalogue,
        (response) => {
          sayJson(response, { data: { media } });
        },
      ],
      reviews: [reviews, fail],
      labels: [labels, fail],
    });
  });
  afterAll(() => gateway.close());

  it('has an error at each object that is one of it', async () => {
    const reply = await gateway.ask('{ media { id stars label ... on Book { pages } ... on Film { minutes } } }');
    expect(reply.body.data).toEqual({
      media: [
        { id: '1', stars: null, label: null, pages: null },
        { id: '2', stars: null, label: null, minutes: null },
      ],
    });
    expect(placesIn(reply)).toEqual(
      expect.arrayContaining([
        ...['media.0.label', 'media.0.pages', 'media.0.stars'],
        ...['media.1.label', 'media.1.minutes', 'media.1.stars'],
      ]),
    );
  });

  it('has an error at the objects of one type, and at no other, when that type alone failed', async () => {
    const reply = await gateway.ask('{ media { ... on Book { it: shelf } ... on Film { it: minutes } } }');
    expect(reply.body.data).toEqual({ media: [{ it: 90 }, { it: null }] });
    expect(placesIn(reply)).toEqual(['media.1.it']);
  });
});
