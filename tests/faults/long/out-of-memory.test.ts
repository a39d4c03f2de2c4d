import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { startLoad } from '../kit/load.ts';
import { limitMemory } from '../kit/memory-limit.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

/** Enough to start with, and not enough to work with. */
const moreBytes = 32 * 2 ** 20;
const forMs = 60_000;
/** KOS's limit is another fault's matter. */
const plenty = 100_000;

describe('product may not have the memory that it needs', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      run: 'processes',
      customers: 6,
      kos: { callsPerMinute: plenty },
      settings: { KOS_CALLS_PER_MINUTE: String(plenty) },
    });
  });
  afterAll(() => stack.close());

  it('is ended and started again over and over: no order is lost, and bills are read as ever', async () => {
    const clients = await clientsOf(stack);
    const [first] = clients;
    if (first === undefined) throw new Error('there are no front ends');
    await first.readBill();
    const limit = limitMemory(stack.services.product, moreBytes);
    let isOver = false;
    const lives = clients.map(async (client) => {
      while (!isOver) {
        await client.changePlanUntilSettled({ withinMs: 10_000 });
        await client.readProduct();
      }
    });
    const bills = await startLoad({ perSecond: 20, forMs, ask: () => first.readBill() }).done;
    isOver = true;
    await Promise.all(lives);
    const times = await limit.lift();

    expect(times).toBeGreaterThan(0);
    expect(bills).toMatchObject({ failed: 0, unclear: 0 });
    const recoverySeconds = await recovery(async () => (await first.readProduct()).isFresh);
    const findings = await stack.check(120_000);
    const settled = stack.history.turns.filter(({ end }) => end?.data?.['state'] === 'COMPLETED').length;
    expect(settled).toBeGreaterThan(0);
    reportFault({
      fault: `F39 product is ended for the memory it takes, ${times} times`,
      userSees: 'plan changes a little later or asked again with the same key; bills as ever',
      ...findings,
      recoverySeconds,
    });
  }, 300_000);
});
