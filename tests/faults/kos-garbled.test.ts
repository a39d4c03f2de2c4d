import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const garbles = ['html', 'truncated', 'wrong-types', 'other-line'] as const;

describe('KOS answers 200 with nonsense, or with the data of another line', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ customers: garbles.length * 2 })), 60_000);
  afterAll(() => stack.close());

  it('shows none of it: a bill is unavailable, and a change is found out in the books of KOS', async () => {
    const clients = await clientsOf(stack);
    for (const [index, malformed] of garbles.entries()) {
      const [reader, orderer] = [clients[index * 2], clients[index * 2 + 1]];
      stack.kos.faults.replace([{ operation: 'bill-inquiry', malformed }]);
      expect(await reader?.readBill()).toMatchObject({ kind: 'failed', code: 'KOS_UNAVAILABLE' });
      stack.kos.faults.replace([{ operation: 'product-change', malformed, times: 1 }]);
      const order = await orderer?.changePlan();
      expect(order?.data?.['state']).toBe('PENDING');
    }

    stack.kos.faults.clear();
    // A line that KOS failed at rests for a while.
    const recoverySeconds = await recovery(async () => (await clients[0]?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    reportFault({
      fault: 'F21 KOS answers HTML, half, wrong types or another line',
      userSees: 'no bill for now; the change is being found out, then settled',
      ...findings,
      recoverySeconds,
    });
  });
});
