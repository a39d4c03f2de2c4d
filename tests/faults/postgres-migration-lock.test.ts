import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import { underWay, whileHolding } from './kit/held-lock.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('A migration holds a table', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ ...generousKos, customers: 3 })), 60_000);
  afterAll(() => stack.close());

  it('lets reads go on from what is known, refuses changes in time, and leaves no queue behind it', async () => {
    const [reader, orderer] = await clientsOf(stack);
    if (reader === undefined || orderer === undefined) throw new Error('there are three customers');
    await Promise.all([reader.readProduct(), reader.readBill()]);

    const tables = ['product_order', 'customer', 'kept_answer'].join(', ');
    const lock = `LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE`;
    await whileHolding(stack, { database: 'product', lock }, async () => {
      const reads = startLoad({ perSecond: 10, forMs: 2_500, ask: () => reader.readProduct() });
      const bills = startLoad({ perSecond: 10, forMs: 2_500, ask: () => reader.readBill() });
      const refused = await orderer.changePlan();
      expect([refused.status, refused.code]).toEqual(refused.status === 504 ? [504, 'TIMED_OUT'] : [503, 'OVERLOADED']);
      expect(await reads.done).toMatchObject({ failed: 0, unclear: 0 });
      expect(await bills.done).toMatchObject({ failed: 0, unclear: 0, stale: 0 });
      await eventually(async () => (await underWay(stack, 'product')) <= 1);
    });

    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    reportFault({
      fault: 'F17 table locked by a migration',
      userSees: 'plans marked as stale; changes "took too long" or "too busy" within 3 s; bills as before',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
