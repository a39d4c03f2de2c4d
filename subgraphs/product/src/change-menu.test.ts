import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aProductGraph, staff, tester, troubled, type ProductGraph } from './testing/a-product-graph.ts';

const menu = `{
  productChangeMenu {
    customer { id }
    lines {
      id
      currentProduct { productCode }
      changeableProductOfferings(first: 100) { totalCount edges { node { id } } }
    }
  }
}`;

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

describe('The change menu (UFR-PROD-010)', () => {
  it('shows who the customer is, the lines, what each is on and what it may change to', async () => {
    const { data, errors } = await product.ask(menu);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      productChangeMenu: {
        customer: { id: 'CUST001' },
        lines: [
          {
            id: product.lineIdOf('01012345678'),
            currentProduct: { productCode: '5G-PREMIUM-001' },
            changeableProductOfferings: {
              totalCount: 10,
              edges: expect.arrayContaining([{ node: { id: '5G-STANDARD-001' } }]),
            },
          },
        ],
      },
    });
  });

  it('is for those with the right to change plans', async () => {
    const without = { ...tester, scopes: ['BILL_INQUIRY'] };
    const refused = await product.ask(menu, {}, { viewer: without });
    expect(refused.data).toEqual({ productChangeMenu: null });
    expect(refused.errors).toMatchObject([
      { message: '서비스 이용 권한이 없습니다', extensions: { code: 'FORBIDDEN' }, path: ['productChangeMenu'] },
    ]);
    const anonymous = await product.ask(menu, {}, { viewer: null });
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('shows staff nobody’s lines', async () => {
    const { data } = await product.ask(menu, {}, { viewer: staff });
    expect(data).toEqual({ productChangeMenu: { customer: null, lines: [] } });
  });

  it('asks KOS whose lines they are once, however often it is opened', async () => {
    const lines = '{ productChangeMenu { lines { id } } }';
    const calls = () => product.kos.calls().filter(({ operation }) => operation === 'customer').length;
    const before = calls();
    const answers = await Promise.all(Array.from({ length: 20 }, () => product.ask(lines, {}, { viewer: troubled })));
    for (const { errors } of answers) expect(errors).toEqual([]);
    expect(calls() - before).toBe(1);
  });

  it('is not there, and says why, while KOS is away and nothing is known of the customer', async () => {
    product.kos.faults.replace([{ operation: 'customer', status: 503 }]);
    const { owner: viewer } = product.aLine();
    const { data, errors } = await product.ask(menu, {}, { viewer });
    expect(data).toEqual({ productChangeMenu: null });
    expect(errors).toMatchObject([{ extensions: { code: 'KOS_UNAVAILABLE' }, path: ['productChangeMenu'] }]);
    product.kos.faults.clear();
  });
});
