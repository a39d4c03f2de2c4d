import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aBillingGraph, firstCustomer, troubledCustomer, type BillingGraph } from './testing/a-billing-graph.ts';
import { amountsOn } from './testing/answer.ts';

let graph: BillingGraph;
beforeAll(async () => {
  graph = await aBillingGraph({ now: '2026-11-21T03:00:00.000Z' });
});
afterAll(() => graph.close());

const sumOf = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describe('The items of a bill', () => {
  it('name the late fee of a line that pays late, which is part of what is due', async () => {
    const bill = await graph.bill(graph.lineOf('01012340000'), { month: '2026-10', as: { viewer: troubledCustomer } });
    expect(bill).toMatchObject({
      isClosed: true,
      items: expect.arrayContaining([
        { name: '연체 가산금', type: 'PENALTY_CHARGE', amount: { unit: 'KRW', value: '10000' } },
      ]),
    });
    const { dueWon, itemsWon } = amountsOn(bill);
    expect(sumOf(itemsWon)).toBe(dueWon);
  });

  it('may be of a type that nobody knows: the bill is shown with it, and the log says so', async () => {
    graph.kos.faults.replace([{ operation: 'bill-inquiry', malformed: 'new-item-type' }]);
    const bill = await graph.bill(graph.lineOf('01012345678'), { month: '2026-10', as: { viewer: firstCustomer } });
    expect(bill).toMatchObject({
      __typename: 'CustomerBill',
      items: expect.arrayContaining([expect.objectContaining({ name: '기본료', type: 'ONE_TIME_CHARGE' })]),
    });
    const { dueWon, itemsWon } = amountsOn(bill);
    expect(sumOf(itemsWon)).toBe(dueWon);
    expect(graph.log.filter((line) => line.includes('"type":"GREEN_LEVY"'))).toHaveLength(1);
  });
});
