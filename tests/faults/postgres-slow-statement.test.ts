import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import { underWay, whileHolding } from './kit/held-lock.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

/** Three seconds at most; the rest is a busy machine. */
const mostMs = 4_500;

describe('A statement takes too long', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ ...generousKos, customers: 2 })), 60_000);
  afterAll(() => stack.close());

  it('is cancelled in the server, and whoever waits for it is told that nothing was done', async () => {
    const [orderer, reader] = await clientsOf(stack);
    if (orderer === undefined || reader === undefined) throw new Error('there are two customers');
    await orderer.readProduct();
    const { lineId } = orderer.customer;

    const lock = `SELECT 1 FROM customer_line WHERE line_id = '${lineId}' FOR UPDATE`;
    await whileHolding(stack, { database: 'product', lock }, async () => {
      const order = await orderer.changePlan();
      expect(order).toMatchObject({ status: 504, code: 'TIMED_OUT' });
      expect(order.tookMs).toBeLessThan(mostMs);
      // The lock is on one line: others go on.
      expect((await reader.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
      expect(await orderer.readProduct()).toMatchObject({ kind: 'answered' });
      await eventually(async () => (await underWay(stack, 'product')) === 0);
    });
    expect(await stack.query('product', 'SELECT 1 FROM product_order WHERE line_id = $1', [lineId])).toEqual([]);

    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    reportFault({
      fault: 'F15 slow statement, locked row',
      userSees: 'the one who waits: "took too long" within 3 s; others nothing',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
