import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { generousKos, generousSettings } from '../kit/generous-kos.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

/** What opens the circuit: the fifth failure in a row. */
const callsUntilOpen = 5;

describe('KOS fails at every bill for half a minute of steady reading', () => {
  let stack: Stack;
  beforeAll(async () => {
    const settings = { ...generousSettings, CLOSED_BILL_FRESH_MS: '1' };
    stack = await aStack({ ...generousKos, run: 'processes', customers: 20, settings });
  });
  afterAll(() => stack.close());

  it('asks five times and then only by one probe, answers what is known at once, and is fresh within 35 s after', async () => {
    const clients = await clientsOf(stack);
    const [known, unknown] = [clients.slice(0, 10), clients.slice(10)];
    for (const client of known) await client.readBill();

    stack.kos.faults.replace([{ operation: 'bill-inquiry', status: 500 }]);
    const bills = () => stack.kos.calls().filter(({ operation }) => operation === 'bill-inquiry').length;
    const before = bills();
    for (const client of unknown) expect(await client.readBill()).toMatchObject({ code: 'KOS_UNAVAILABLE' });
    expect(bills() - before).toBeLessThanOrEqual(callsUntilOpen);

    const load = startLoad({
      perSecond: 50,
      forMs: 29_000,
      ask: async (nth) => await ((await known[nth % known.length]?.readBill()) ?? (await stack.client()).readBill()),
    });
    const report = await load.done;
    expect(report).toMatchObject({ failed: 0, unclear: 0, stale: report.requests });
    // One probe when the first half minute is over.
    expect(bills() - before).toBeLessThanOrEqual(callsUntilOpen + 1);

    stack.kos.faults.clear();
    const recoverySeconds = await recovery(async () => (await unknown[0]?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    reportFault({
      fault: 'F20 KOS answers 500',
      userSees: `kept bills marked stale (p99 ${report.p99} ms), else "for now unavailable" at once`,
      ...findings,
      recoverySeconds,
    });
  }, 180_000);
});
