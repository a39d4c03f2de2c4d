import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import type { Client } from './kit/client.ts';
import { clientsOf } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, readAround, sharingAgain } from './kit/with-redis.ts';

const thereAndBackMs = 200;
/** What an answer may take however busy the machine is. */
const mostMs = 3_000;

describe('Redis answers after 200 ms', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack(plentyOfBills);
    clients = await clientsOf(stack);
    for (const client of clients) await client.readBill();
  });
  afterAll(() => stack.close());

  it('is gone round: answers do not wait for it one by one', async () => {
    stack.ways.redis.latency(thereAndBackMs / 2);
    const load = startLoad({ perSecond: 15, forMs: 3_000, ask: (nth) => readAround(clients, nth) });
    const { p95, ...answers } = await load.done;
    expect(answers).toMatchObject({ answered: answers.requests, codes: {} });
    expect(p95).toBeLessThan(mostMs);

    stack.ways.redis.clear();
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    const userSees = `nothing; p95 ${p95} ms`;
    reportFault({ fault: 'F4 Redis 200 ms slow', userSees, ...(await stack.check()), recoverySeconds });
  });
});
