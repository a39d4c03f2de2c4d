import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const answerAfterMs = 2_000;

describe('KOS takes two seconds for each bill', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ ...generousKos, customers: 30 })), 60_000);
  afterAll(() => stack.close());

  it('answers a few slowly and the others at once with "busy", and holds up nothing else', async () => {
    const clients = await clientsOf(stack);
    const [bystander, ...readers] = clients;
    await bystander?.readProduct();

    stack.kos.faults.replace([{ operation: 'bill-inquiry', latencyMs: answerAfterMs }]);
    const bills = readers.map((client) => client.readBill());
    const besides = await Promise.all([bystander?.readProduct(), bystander?.logIn(), bystander?.changePlan()]);
    for (const reply of besides) {
      expect(reply?.kind).toBe('answered');
    }
    const replies = await Promise.all(bills);
    expect(replies.filter(({ kind }) => kind === 'answered').length).toBeGreaterThanOrEqual(5);
    for (const { kind, code } of replies) if (kind === 'failed') expect(code).toMatch(/^KOS_(BUSY|UNAVAILABLE)$/);

    stack.kos.faults.clear();
    const recoverySeconds = await recovery(async () => (await readers.at(-1)?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    reportFault({
      fault: 'F18 KOS slow',
      userSees: 'a bill after 2 s, or "busy" at once; all else as ever',
      ...findings,
      recoverySeconds,
    });
  });
});
