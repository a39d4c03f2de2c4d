import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aBillingGraph, firstCustomer, secondCustomer, type BillingGraph } from '../testing/a-billing-graph.ts';
import { menu } from '../testing/operations.ts';

let graph: BillingGraph;
beforeEach(async () => {
  graph = await aBillingGraph();
});
afterEach(() => graph.close());

const lines = () =>
  [
    { viewer: firstCustomer, line: graph.lineOf('01012345678') },
    { viewer: secondCustomer, line: graph.lineOf('01087654321') },
  ] as const;

/** Whatever KOS was asked for once: the customers, and a closed and an open month of each. */
async function lookAtEverything(): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const { viewer, line } of lines()) {
    await graph.ask(menu, {}, { viewer });
    for (const month of ['2026-09', '2026-08']) {
      const bill = await graph.bill(line, { month, as: { viewer } });
      expect(bill).toMatchObject({ __typename: 'CustomerBill', line: { id: line }, billingMonth: month });
      seen.push({ ...Object(bill), freshness: null });
    }
  }
  return seen;
}

describe('What is kept', () => {
  it('is of use for its own line, month and customer only: put in another’s place it is as if there were nothing', async () => {
    const known = await lookAtEverything();
    await graph.database.query(
      `UPDATE kept_bill SET sealed_bill = another.sealed_bill FROM kept_bill another
       WHERE kept_bill.billing_month = another.billing_month AND kept_bill.line_id <> another.line_id`,
    );
    await graph.restart();
    const before = graph.billCalls();
    expect(await lookAtEverything()).toEqual(known);
    expect(graph.billCalls() - before).toBe(4);
  });
});
