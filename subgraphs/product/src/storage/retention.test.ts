import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';
import { DAY_MS } from '@supergraph/platform/time';

import { aProductGraph, type ProductGraph } from '../testing/a-product-graph.ts';
import { checkChange, orderChange, readLine, readOrder } from '../testing/asking.ts';

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

const countOf = async (rows: string): Promise<unknown> =>
  (await product.query(`SELECT count(*)::int AS count FROM ${rows}`))[0]?.['count'];
const areGone = (rows: string) => eventually(async () => (await countOf(rows)) === 0);

async function afterDays(days: number): Promise<void> {
  product.clock.advance(days * DAY_MS);
  await product.restart();
}

describe('What product writes down', () => {
  it('is kept as long as it may be shown or asked for, and plan changes for good', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
    await checkChange(product, { lineId, productOfferingId: target }, { viewer });
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await product.tellResults();
    const started = new Date(product.clock.now());

    await afterDays(9);
    const old = `fetched_at < '${new Date(started.getTime() + DAY_MS).toISOString()}'`;
    await areGone(`kept_answer WHERE ${old}`);
    await afterDays(30);
    await areGone(`customer WHERE ${old}`);
    expect(await countOf('customer_line')).not.toBe(0);
    await afterDays(370);
    await areGone(`kos_call WHERE operation = 'LINE_STATUS'`);
    await afterDays(800);
    await areGone('change_request');
    await areGone('qualification');
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(await countOf(`kos_call WHERE operation = 'CHANGE'`)).toBe(1);
  });
});
