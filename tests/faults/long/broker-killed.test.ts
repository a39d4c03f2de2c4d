import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startRabbitProcess, type RabbitProcess } from '../../support/rabbit-process.ts';
import { aStack } from '../kit/a-stack.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

describe('RabbitMQ is killed while plans are changed', () => {
  let rabbit: RabbitProcess;
  let stack: Stack;
  beforeAll(async () => {
    rabbit = await startRabbitProcess();
    stack = await aStack({ customers: 5, amqpUrl: rabbit.url });
  }, 180_000);
  afterAll(async () => {
    await stack.close();
    await rabbit.remove();
  });

  it('lets customers notice nothing, keeps every result, and tells each once when it is back', async () => {
    const [first, ...others] = await clientsOf(stack);
    await first?.changePlanUntilSettled();
    await stack.quiet();

    await rabbit.kill();
    for (const client of others)
      expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    const told = () => stack.mvnoAp.results({ type: 'product-change' }).results.length;
    expect(told()).toBe(1);

    await rabbit.start();
    const recoverySeconds = await recovery(() => Promise.resolve(told() === stack.customers.length), 60);
    const findings = await stack.check(60_000);
    reportFault({ fault: 'F28 RabbitMQ killed', userSees: 'nothing', ...findings, recoverySeconds });
  }, 180_000);
});
