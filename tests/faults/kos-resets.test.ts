import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('KOS cuts the connection, before or after it has carried a change out', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ customers: 4 })), 60_000);
  afterAll(() => stack.close());

  it('tells the change as not clear yet, and later what KOS really did, which is never done twice', async () => {
    const [early, late, halfway, reader] = await Promise.all(stack.customers.map((customer) => stack.client(customer)));

    stack.kos.faults.replace([{ operation: 'product-change', reset: 'before', times: 1 }]);
    expect((await early?.changePlan())?.data).toMatchObject({ state: 'PENDING' });

    stack.kos.faults.replace([{ operation: 'product-change', reset: 'after-apply', times: 1 }]);
    const carriedOut = await late?.changePlan();
    expect(carriedOut?.data).toMatchObject({ state: 'PENDING' });

    // Twenty bytes of each answer, among them that to the change.
    await halfway?.readProduct();
    stack.ways.kos.resetAfter(20);
    await halfway?.changePlan();
    stack.ways.kos.clear();

    const recoverySeconds = await recovery(async () => (await reader?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    const id = carriedOut?.data?.['id'] ?? '';
    expect((await late?.readOrder(id))?.data).toMatchObject({ state: 'COMPLETED' });
    reportFault({
      fault: 'F22 KOS resets the connection before or after the change',
      userSees: 'the change is being found out, then settled',
      ...findings,
      recoverySeconds,
    });
  });
});
