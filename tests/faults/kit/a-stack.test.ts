import { afterEach, describe, expect, it } from '@jest/globals';

import { aStack, type Stack, type StackOptions } from './a-stack.ts';
import { checkHistory } from './check-history.ts';
import { startLoad } from './load.ts';
import { recovery } from './recovery.ts';

describe('a stack in the hands of a test', () => {
  let stack: Stack;
  afterEach(() => stack.close());
  const start = async (options?: StackOptions) => (stack = await aStack(options));

  it('answers a front end, and finds its history in all books', async () => {
    await start();
    const client = await stack.client();
    expect(await client.readBill()).toMatchObject({ kind: 'answered', isFresh: true });
    const settled = await client.changePlanUntilSettled();
    expect(settled.data).toMatchObject({ state: 'COMPLETED' });
    await client.readProduct();
    expect(await stack.check()).toMatchObject({ lost: 0, duplicated: 0, wrong: 0, falselyFailed: 0, unsettled: 0 });
  });

  it('notices an order that is lost, one that KOS has and we deny, and a wrong bill', async () => {
    await start({ customers: 2 });
    const [one, other] = await Promise.all(stack.customers.map((customer) => stack.client(customer)));
    const lost = await one?.changePlanUntilSettled();
    const denied = await other?.changePlanUntilSettled();
    await one?.readBill();
    await stack.quiet();

    // The database itself would not have it: history is never changed.
    await stack.query(
      'product',
      `SET session_replication_role = replica;
       DELETE FROM product_order WHERE id = '${lost?.data?.['id'] ?? ''}';
       UPDATE product_order SET state = 'REJECTED', effective_date = NULL, refusal_reason = 'OTHER'
        WHERE id = '${denied?.data?.['id'] ?? ''}'`,
    );
    const bill = stack.history.turns.find((turn) => turn.what === 'bill')?.end?.data;
    if (bill != null) Object.assign(bill, { productName: 'somebody else’s' });
    const { lost: lostOrders, falselyFailed, wrong } = await checkHistory(stack);
    expect({ lostOrders, falselyFailed, wrong }).toEqual({ lostOrders: 1, falselyFailed: 1, wrong: 2 });
    await expect(stack.check()).rejects.toThrow('falselyFailed: KOS carried out the order');
  });

  it('runs the services as processes over a PostgreSQL of its own, all of which may be killed', async () => {
    await start({ run: 'processes', ownPostgres: true });
    const client = await stack.client();
    await client.readBill();
    await stack.services.billing.kill();
    expect(await client.readBill()).toMatchObject({ kind: 'failed' });
    await stack.postgres.kill();
    await Promise.all([stack.services.billing.start(), stack.postgres.start()]);
    await recovery(async () => (await client.readBill()).kind === 'answered');
    await stack.postgres.freeze();
    await stack.postgres.thaw();
    expect(await stack.services.product.terminate()).toBeLessThan(15_000);
    await stack.services.product.start();
    const load = startLoad({ perSecond: 20, forMs: 1_000, ask: () => client.readBill() });
    expect(await load.done).toMatchObject({ requests: 20, answered: 20 });
    await stack.check();
  });
});
