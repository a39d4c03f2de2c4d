import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('KOS itself says that it is asked too often', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ customers: 3, kos: { callsPerMinute: 2 } })), 60_000);
  afterAll(() => stack.close());

  it('is told as busy, not as broken, and not asked again before its time', async () => {
    const clients = await Promise.all(stack.customers.map((customer) => stack.client(customer)));
    const replies = [];
    for (const client of clients) replies.push(await client.readBill());
    expect(replies.at(-1)).toMatchObject({ kind: 'failed', code: 'KOS_BUSY' });
    const { refused } = stack.kos.callCount();
    for (const client of clients) await client.readBill();
    expect(stack.kos.callCount().refused - refused).toBeLessThanOrEqual(clients.length);
    const findings = await stack.check();
    reportFault({
      fault: 'F23 KOS itself refuses calls',
      userSees: '"busy" with a time to ask again',
      ...findings,
      recoverySeconds: null,
    });
  });
});
