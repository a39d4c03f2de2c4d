import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY_MS } from '@supergraph/platform/time';

import { aBillingGraph, type BillingGraph } from '../testing/a-billing-graph.ts';
import { eventually } from '../testing/eventually.ts';
import { menu } from '../testing/operations.ts';

let graph: BillingGraph;
beforeAll(async () => {
  graph = await aBillingGraph();
});
afterAll(() => graph.close());

const countOf = async (table: string): Promise<unknown> =>
  (await graph.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count;
const isEmpty = (table: string) => eventually(async () => (await countOf(table)) === 0);

async function afterDays(days: number): Promise<void> {
  graph.clock.advance(days * DAY_MS);
  await graph.restart();
}

describe('What billing writes down', () => {
  it('is kept as long as it may be shown: bills of KOS two days, calls a year, inquiries two', async () => {
    await graph.ask(menu);
    await graph.bill(graph.lineOf('01012345678'));
    const tables = ['customer_line', 'kept_bill', 'kos_inquiry_history', 'bill_inquiry'];
    await graph.stop();
    for (const table of tables) expect(await countOf(table)).not.toBe(0);
    await graph.restart();

    await afterDays(3);
    await isEmpty('customer_line');
    await isEmpty('kept_bill');
    await afterDays(370);
    await isEmpty('kos_inquiry_history');
    expect(await countOf('bill_inquiry')).toBe(1);
    await afterDays(370);
    await isEmpty('bill_inquiry');
  });
});
