import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';

import { aStack } from './kit/a-stack.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

describe('the clock jumps', () => {
  let offsetMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + offsetMs) };
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ clock })), 60_000);
  afterAll(() => stack.close());

  it('turns nobody away for less than a minute, and goes on after five, forward or back', async () => {
    const client = await stack.client();
    await client.readBill();
    for (const jumpMs of [50 * SECOND_MS, -50 * SECOND_MS, 0]) {
      offsetMs = jumpMs;
      expect(await client.readBill()).toMatchObject({ kind: 'answered' });
      expect(await client.readProduct()).toMatchObject({ kind: 'answered' });
    }
    for (const jumpMs of [5 * MINUTE_MS, -5 * MINUTE_MS]) {
      offsetMs = jumpMs;
      expect(await client.logIn()).toMatchObject({ kind: 'answered' });
      expect(await client.readBill()).toMatchObject({ kind: 'answered' });
      expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    }
    // what was put off while the clock was ahead is due by that clock
    offsetMs = 5 * MINUTE_MS;
    const findings = await stack.check();
    reportFault({
      fault: 'F37 the clock jumps by 50 s and by 5 min',
      userSees: 'nothing',
      ...findings,
      recoverySeconds: null,
    });
  });
});
