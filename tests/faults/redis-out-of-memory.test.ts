import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import type { Client } from './kit/client.ts';
import { clientsOf, inTurn } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, readAround, sharedAnswers, sharingAgain, withRedis } from './kit/with-redis.ts';

describe('Redis has no room left, and refuses to write', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack(plentyOfBills);
    clients = await clientsOf(stack);
    for (const client of clients) await client.readBill();
  });
  afterAll(() => stack.close());

  const limitMemory = (bytes: string) =>
    withRedis(stack.redis, async (redis) => await redis.config('SET', 'maxmemory', bytes));

  it('fails nobody: what it has is read, what is new is kept in PostgreSQL alone', async () => {
    await limitMemory('1');
    const shared = await sharedAnswers(stack.redis);
    const load = startLoad({ perSecond: 15, forMs: 3_000, ask: (nth) => readAround(clients, nth) });
    expect((await inTurn(clients, 1).changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });
    const { requests, answered, p95 } = await load.done;
    expect(answered).toBe(requests);
    expect(await sharedAnswers(stack.redis)).toBe(shared);

    await limitMemory('0');
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    const userSees = `nothing; p95 ${p95} ms`;
    reportFault({ fault: 'F7 Redis out of memory', userSees, ...(await stack.check()), recoverySeconds });
  });
});
