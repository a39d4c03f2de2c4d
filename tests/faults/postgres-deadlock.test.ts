import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from './kit/a-stack.ts';
import { generousKos } from './kit/generous-kos.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

type Count = { readonly count: number };

describe('Transactions lock each other up', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack(generousKos)), 60_000);
  afterAll(() => stack.close());

  const count = async (sql: string): Promise<number> => (await stack.query<Count>('product', sql))[0]?.count ?? 0;
  const waiting = `SELECT count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'product' AND wait_event_type = 'Lock'`;
  const deadlocks = 'SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()';

  it('is nothing the customer notices: the one that lost is run again, and its messages are written once', async () => {
    const client = await stack.client();
    await client.readProduct();
    const { lineId } = client.customer;
    const before = await count(deadlocks);

    // An order takes its line first and then writes its first step: here somebody goes the other way.
    const settled = await withConnection(stack.environment['PRODUCT_DATABASE_URL'] ?? '', async (opponent) => {
      await opponent.query(`SET deadlock_timeout = '30s'; BEGIN; LOCK TABLE order_step IN EXCLUSIVE MODE`);
      const ordering = client.changePlanUntilSettled();
      await eventually(async () => (await count(waiting)) > 0);
      await opponent.query('SELECT 1 FROM customer_line WHERE line_id = $1 FOR UPDATE', [lineId]);
      await opponent.query('COMMIT');
      return await ordering;
    });

    expect(settled).toMatchObject({ kind: 'answered', data: { state: 'COMPLETED' } });
    await eventually(async () => (await count(deadlocks)) === before + 1);
    const steps = 'SELECT count(*)::int FROM order_step';
    expect(await count(steps)).toBe(3);
    reportFault({
      fault: 'F14 deadlock',
      userSees: 'nothing',
      ...(await stack.check()),
      recoverySeconds: null,
    });
  });
});
