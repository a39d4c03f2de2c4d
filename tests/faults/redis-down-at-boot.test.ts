import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, sharingAgain } from './kit/with-redis.ts';

describe('Redis is not there when the services start', () => {
  let stack: Stack;
  let bootMs: number;

  beforeAll(async () => {
    let startedAt = 0;
    stack = await aStack({
      ...plentyOfBills,
      async beforeServices({ redis }) {
        await redis.kill();
        startedAt = performance.now();
      },
    });
    bootMs = performance.now() - startedAt;
  });
  afterAll(() => stack.close());

  it('does not keep them from starting, nor customers from anything, and is used from when it comes', async () => {
    expect(bootMs).toBeLessThan(15_000);
    const client = await stack.client();
    for (let time = 1; time <= 2; time += 1) {
      expect(await client.readBill()).toMatchObject({ kind: 'answered', isFresh: true });
    }
    expect((await client.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    expect(await client.readProduct()).toMatchObject({ kind: 'answered', isFresh: true });

    const clients = await clientsOf(stack);
    await stack.redis.start();
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    const userSees = `nothing; the services start in ${(bootMs / 1_000).toFixed(1)} s`;
    reportFault({ fault: 'F1 Redis down at boot', userSees, ...(await stack.check()), recoverySeconds });
  });
});
