import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { z } from 'zod';

import { aProductGraph, staff, type ProductGraph } from './testing/a-product-graph.ts';
import { fieldOf } from './testing/asking.ts';

const page = z.object({
  totalCount: z.number(),
  edges: z.array(
    z.object({
      cursor: z.string(),
      node: z.object({ id: z.string(), isSellable: z.boolean(), monthlyFee: z.object({ value: z.string() }) }),
    }),
  ),
  pageInfo: z.object({ hasNextPage: z.boolean(), hasPreviousPage: z.boolean(), endCursor: z.string().nullable() }),
});

async function offerings(product: ProductGraph, args: string) {
  const query = `{ productOfferings${args} {
    totalCount edges { cursor node { id isSellable monthlyFee { value } } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  return page.parse(fieldOf(await product.ask(query), 'productOfferings'));
}

describe('The catalogue (UFR-PROD-020)', () => {
  let product: ProductGraph;
  beforeAll(async () => {
    product = await aProductGraph();
  });
  afterAll(() => product.close());

  it('lists those on sale first, then by monthly fee, and tells how fresh it is', async () => {
    const { edges, totalCount } = await offerings(product, '(first: 100)');
    const plans = edges.map(({ node }) => ({ ...node, fee: Number(node.monthlyFee.value) }));
    const sorted = plans.toSorted(
      (one, other) =>
        Number(other.isSellable) - Number(one.isSellable) || one.fee - other.fee || (one.id < other.id ? -1 : 1),
    );
    expect(plans).toEqual(sorted);
    expect(plans).toHaveLength(totalCount);
    expect(plans.at(-1)).toMatchObject({ isSellable: false });
    const freshness = 'freshness { fetchedAt stale source }';
    const again = await product.ask(`{ productOfferings(first: 1) { ${freshness} edges { node { ${freshness} } } } }`);
    const kept = { fetchedAt: '2026-09-15T03:00:00.000Z', stale: false, source: 'CACHE' };
    expect(fieldOf(again, 'productOfferings')).toEqual({ freshness: kept, edges: [{ node: { freshness: kept } }] });
  });

  it('comes in pages that together are the whole, each plan once', async () => {
    const whole = await offerings(product, '(first: 100)');
    const seen: string[] = [];
    let part = await offerings(product, '(first: 4)');
    expect(part.pageInfo.hasPreviousPage).toBe(false);
    seen.push(...part.edges.map(({ node }) => node.id));
    while (part.pageInfo.hasNextPage) {
      part = await offerings(product, `(first: 4, after: "${part.pageInfo.endCursor ?? ''}")`);
      expect(part.pageInfo.hasPreviousPage).toBe(true);
      seen.push(...part.edges.map(({ node }) => node.id));
    }
    expect(seen).toEqual(whole.edges.map(({ node }) => node.id));
  });

  it('can be narrowed to what is on sale, and to one operator', async () => {
    const sold = await offerings(product, '(first: 100, isSellable: true, operatorCode: "MVNO001")');
    expect(sold.totalCount).toBe(11);
    expect(sold.edges.every(({ node }) => node.isSellable && !node.id.startsWith('M2-'))).toBe(true);
    const ended = await offerings(product, '(first: 100, isSellable: false)');
    expect(ended.edges.map(({ node }) => node.id)).toContain('3G-OLD-001');
    expect((await offerings(product, '(operatorCode: "NOBODY")')).totalCount).toBe(0);
  });

  it('has the benefits of each plan; null is unlimited', async () => {
    const query =
      '{ productOffering(id: "LTE-TALK-001") { name operatorCode networkType allowances { type amount unit } } }';
    expect(fieldOf(await product.ask(query), 'productOffering')).toEqual({
      name: 'LTE 통화 플랜',
      operatorCode: 'MVNO001',
      networkType: 'LTE',
      allowances: [
        { type: 'VOICE', amount: '300', unit: 'MINUTE' },
        { type: 'DATA', amount: '1024', unit: 'MEGABYTE' },
        { type: 'SMS', amount: '100', unit: 'MESSAGE' },
      ],
    });
    const unlimited = '{ productOffering(id: "5G-PREMIUM-001") { allowances { amount } } }';
    expect(fieldOf(await product.ask(unlimited), 'productOffering')).toEqual({
      allowances: [{ amount: null }, { amount: null }, { amount: null }],
    });
  });

  it('knows no plan that is not in it', async () => {
    expect((await product.ask('{ productOffering(id: "NO-SUCH-PLAN") { id } }')).data).toEqual({
      productOffering: null,
    });
  });

  it.each(['(first: 0)', '(first: 101)', '(after: "x")', '(after: "MSB4IHk")'])('refuses the page %s', async (args) => {
    const { errors } = await product.ask(`{ productOfferings${args} { totalCount } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE' } }]);
  });

  it('is for whoever is signed in', async () => {
    const query = '{ productOffering(id: "LTE-TALK-001") { id } }';
    expect((await product.ask(query, {}, { viewer: null })).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect((await product.ask(query, {}, { viewer: staff })).data).toMatchObject({ productOffering: {} });
  });
});
