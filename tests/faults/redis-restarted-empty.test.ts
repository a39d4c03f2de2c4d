import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import type { Client } from './kit/client.ts';
import { clientsOf, inTurn } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, sharingAgain } from './kit/with-redis.ts';

describe('Redis is restarted and has forgotten everything', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack(plentyOfBills);
    clients = await clientsOf(stack);
    for (const client of clients) await Promise.all([client.readBill(), client.readProduct()]);
  });
  afterAll(() => stack.close());

  const restartRedis = async () => {
    await stack.redis.kill();
    await stack.redis.start();
  };

  it('is missed by nobody: PostgreSQL knows it all, KOS is not asked again, and a change of plan stands', async () => {
    const changed = inTurn(clients, 0);
    expect((await changed.changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    await changed.readProduct();
    const callsBefore = stack.kos.callCount().total;
    const load = startLoad({
      perSecond: 15,
      forMs: 3_000,
      ask: (nth) => (nth % 2 === 0 ? inTurn(clients, nth >> 1).readBill() : inTurn(clients, nth >> 1).readProduct()),
    });
    await restartRedis();
    const { stale, ...answers } = await load.done;
    expect(answers).toMatchObject({ answered: answers.requests, codes: {} });
    expect(stale).toBe(0);
    expect(stack.kos.callCount().total).toBe(callsBefore);

    await restartRedis();
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    reportFault({
      fault: 'F5 Redis restarted, data lost',
      userSees: 'nothing; KOS is not called once more',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
