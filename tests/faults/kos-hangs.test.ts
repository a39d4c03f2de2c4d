import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

/** Three seconds are KOS's; the rest is a busy machine. */
const mostMs = 5_000;

describe('KOS takes calls and never answers them', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ customers: 5, settings: { CLOSED_BILL_FRESH_MS: '1' } })), 60_000);
  afterAll(() => stack.close());

  it('answers what is known marked as stale, says of the rest that KOS is away, and leaves no call behind', async () => {
    const [known, ...others] = await Promise.all(stack.customers.map((customer) => stack.client(customer)));
    const [unknown, orderer] = others;
    await known?.readBill();

    stack.kos.faults.replace([{ hang: true }]);
    const [stale, unavailable, order] = await Promise.all([
      known?.readBill(),
      unknown?.readBill(),
      orderer?.changePlan(),
    ]);
    expect(stale).toMatchObject({ kind: 'answered', isFresh: false });
    // On a busy machine the gateway's own half second more may end first.
    for (const reply of [unavailable, order]) expect(reply?.code).toMatch(/^(KOS|SERVICE)_UNAVAILABLE$/);
    for (const reply of [stale, unavailable, order]) expect(reply?.tookMs).toBeLessThan(mostMs);

    stack.kos.faults.replace([
      { operation: 'product-change', hang: true },
      { operation: 'bill-inquiry', hang: true },
    ]);
    expect((await orderer?.changePlan())?.data?.['state']).toMatch(/IN_PROGRESS|PENDING/);
    await eventually(() => stack.ways.kos.openConnections() === 0, 20_000);

    stack.kos.faults.clear();
    const recoverySeconds = await recovery(async () => (await unknown?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    reportFault({
      fault: 'F19 KOS hangs',
      userSees: 'kept bills marked stale, else "for now unavailable" within 3 s',
      ...findings,
      recoverySeconds,
    });
  });
});
