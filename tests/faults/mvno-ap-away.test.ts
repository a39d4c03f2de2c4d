import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('the MVNO AP server is away, answers half, and hears some things twice', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ customers: 4 })), 60_000);
  afterAll(() => stack.close());

  it('lets customers notice nothing, and hears every result once it is back, each with one effect', async () => {
    const clients = await clientsOf(stack);
    const [away, cut] = [clients.slice(0, 2), clients.slice(2)];
    await stack.ways.mvnoAp.down();
    for (const client of away)
      expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    await stack.ways.mvnoAp.up();
    // It has taken the result by then; we cannot know, and tell it again.
    stack.ways.mvnoAp.resetAfter(10);
    for (const client of cut)
      expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    stack.ways.mvnoAp.clear();

    const told = () => stack.mvnoAp.results({ type: 'product-change' }).results.length;
    const recoverySeconds = await recovery(() => Promise.resolve(told() === clients.length), 60);
    const findings = await stack.check(60_000);
    reportFault({
      fault: 'F29 results told to the MVNO AP twice, late or not at all',
      userSees: 'nothing',
      ...findings,
      recoverySeconds,
    });
  }, 180_000);
});
