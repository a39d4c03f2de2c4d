import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import type { Client } from './kit/client.ts';
import { clientsOf, inTurn } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, readAround, sharingAgain } from './kit/with-redis.ts';

/** One deadline of 100 ms for Redis, and a busy machine. */
const mostMs = 3_000;

describe('Redis stops where it stands: connections stay open, and nothing is answered', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack(plentyOfBills);
    clients = await clientsOf(stack);
    for (const client of clients) await client.readBill();
  });
  afterAll(() => stack.close());

  it('costs one deadline and not one per answer; changes of plan go through', async () => {
    stack.redis.freeze();
    const load = startLoad({ perSecond: 15, forMs: 3_000, ask: (nth) => readAround(clients, nth) });
    const settled = await inTurn(clients, 0).changePlanUntilSettled();
    expect(settled.data).toMatchObject({ state: 'COMPLETED' });
    const { p99, slowest, ...answers } = await load.done;
    expect(answers).toMatchObject({ answered: answers.requests, codes: {} });
    expect(slowest).toBeLessThan(mostMs);

    stack.redis.thaw();
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    const userSees = `nothing; p99 ${p99} ms, slowest ${slowest} ms`;
    reportFault({ fault: 'F3 Redis frozen', userSees, ...(await stack.check()), recoverySeconds });
  });
});
