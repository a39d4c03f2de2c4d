import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const quarantineMs = 3_000;

describe('KOS says nothing, and carries the change out some time later', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ settings: { CHANGE_QUARANTINE_MS: String(quarantineMs) } })), 60_000);
  afterAll(() => stack.close());

  it('keeps the order open as long as KOS may still do it, and then tells it as done, once', async () => {
    const client = await stack.client();
    stack.kos.faults.replace([{ operation: 'product-change', reset: 'before', applyLateMs: 1_500, times: 1 }]);
    const order = await client.changePlan();
    expect(order.data).toMatchObject({ state: 'PENDING' });
    const findings = await stack.check();
    expect((await client.readOrder(order.data?.['id'] ?? '')).data).toMatchObject({ state: 'COMPLETED' });
    reportFault({
      fault: 'F24 KOS applies a change late',
      userSees: 'the change is being found out, then done',
      ...findings,
      recoverySeconds: null,
    });
  });
});
