import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aGateway, type Reply, type TestGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from '../testing/fake-subgraph.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { mostFurtherPlaces } from './place-errors.ts';

const many = 1_000;
const query = '{ me { customer { lines { id currentProduct { id } productOrders { totalCount } } } } }';
let areEqual = false;
const lines = () => Array.from({ length: many }, (_, at) => ({ id: areEqual ? 'ln' : `ln_${String(at)}` }));

describe('A fetch of many entities that fails', () => {
  let g: TestGateway;
  let product: FakeSubgraph;
  let answer: (asked: number) => unknown;
  beforeAll(async () => {
    const auth = { Query: { me: () => ({ id: 'usr_1', customer: { id: 'cus_1', lines: lines() } }) } };
    product = await aFakeSubgraph((response, { body: { variables } }) => {
      const representations = variables?.['representations'];
      sayJson(response, answer(Array.isArray(representations) ? representations.length : 0));
    });
    g = await aGateway({ auth, product: product.url });
  });
  afterAll(async () => {
    await product.close();
    await g.close();
  });

  const ask = async () => {
    g.logged.length = 0;
    return await g.ask(query, { as: aViewer() });
  };
  const withPlace = ({ body }: Reply) => (body.errors ?? []).filter(({ path }) => path !== undefined);
  const withoutPlace = ({ body }: Reply) => (body.errors ?? []).filter(({ path }) => path === undefined);
  const codesOf = (errors: NonNullable<Reply['body']['errors']>) =>
    new Set(errors.map((one) => one.extensions['code']));
  const failures = () => g.logged.filter((line) => line.includes('an operation failed'));
  const extensions = { code: 'KOS_UNAVAILABLE' };

  it('has its error at so many places, and once without one for the rest', async () => {
    areEqual = false;
    answer = () => ({ data: null, errors: [{ message: 'x', extensions }] });
    const reply = await ask();
    expect(withPlace(reply)).toHaveLength(1 + mostFurtherPlaces);
    expect(withoutPlace(reply)).toHaveLength(1);
    expect(codesOf(reply.body.errors ?? [])).toEqual(new Set(['KOS_UNAVAILABLE']));
  });

  it('has as many when it is one entity that stands at all places', async () => {
    areEqual = true;
    const path = ['_entities', 0, 'currentProduct'];
    answer = () => ({ data: { _entities: [{ currentProduct: null }] }, errors: [{ message: 'x', path, extensions }] });
    const reply = await ask();
    expect([withPlace(reply).length, withoutPlace(reply).length]).toEqual([1 + mostFurtherPlaces, 1]);
  });

  it('has no error left out that the subgraph itself gave a place', async () => {
    areEqual = false;
    answer = (asked) => ({
      data: null,
      errors: Array.from({ length: asked }, (_, at) => ({
        message: 'x',
        path: ['_entities', at, 'currentProduct'],
        extensions,
      })),
    });
    const reply = await ask();
    expect([withPlace(reply).length, withoutPlace(reply).length]).toEqual([many, 0]);
  });

  it('has each entity told of when every one has an error of its own', async () => {
    areEqual = false;
    answer = (asked) => ({
      data: { _entities: Array.from({ length: asked }, () => null) },
      errors: Array.from({ length: asked }, (_, at) => ({ message: 'x', path: ['_entities', at], extensions })),
    });
    const reply = await ask();
    expect(new Set(withPlace(reply).map(({ path }) => path?.[3])).size).toBe(many);
    expect([withPlace(reply).length, withoutPlace(reply).length]).toEqual([many + mostFurtherPlaces, 1]);
  });

  it('is written down once', async () => {
    areEqual = false;
    answer = () => ({ data: null, errors: [{ message: 'a table is missing' }] });
    const reply = await ask();
    expect(codesOf(reply.body.errors ?? [])).toEqual(new Set(['INTERNAL_SERVER_ERROR']));
    expect(failures()).toHaveLength(1);
    expect(JSON.parse(failures()[0] ?? '')).toMatchObject({ subgraph: 'product', places: 2 + mostFurtherPlaces });
  });
});
