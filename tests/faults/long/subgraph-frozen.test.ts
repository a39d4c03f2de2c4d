import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

/** What a subgraph has, and a busy machine. */
const mostMs = 6_000;

describe('one subgraph stands still: it takes requests and answers none', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ run: 'processes' })), 120_000);
  afterAll(() => stack.close());

  it('gives its fields up in time, and holds up nobody who asks for others', async () => {
    const client = await stack.client();
    await client.readProduct();
    stack.services.billing.freeze();
    const [bills, products] = await Promise.all([
      startLoad({ perSecond: 20, forMs: 10_000, ask: () => client.readBill() }).done,
      startLoad({ perSecond: 20, forMs: 10_000, ask: () => client.readProduct() }).done,
    ]);
    stack.services.billing.thaw();
    expect(bills.slowest).toBeLessThan(mostMs);
    expect(products).toMatchObject({ failed: 0, unclear: 0 });

    const recoverySeconds = await recovery(async () => (await client.readBill()).isFresh);
    const findings = await stack.check();
    reportFault({
      fault: 'F31 a subgraph hangs',
      userSees: `its fields as unavailable within ${(bills.slowest / 1_000).toFixed(1)} s; others p99 ${products.p99} ms`,
      ...findings,
      recoverySeconds,
    });
  });
});
