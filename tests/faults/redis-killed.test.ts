import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from './kit/a-stack.ts';
import type { Client } from './kit/client.ts';
import { clientsOf, inTurn } from './kit/clients-of.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import { plentyOfBills, sharingAgain } from './kit/with-redis.ts';

const logOut = /* GraphQL */ `
  mutation {
    logout(input: {}) {
      ... on LoggedOut {
        endedSessionCount
      }
    }
  }
`;

describe('Redis is killed while customers read', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack(plentyOfBills);
    clients = await clientsOf(stack);
    for (const client of clients) await Promise.all([client.readBill(), client.readProduct()]);
  });
  afterAll(() => stack.close());

  const readInTurn = (nth: number) => {
    const client = inTurn(clients, nth);
    return nth % 2 === 0 ? client.readBill() : client.readProduct();
  };

  it('answers as before, out of PostgreSQL, at no cost to KOS; sessions and their ends hold', async () => {
    const callsBefore = stack.kos.callCount().total;
    await stack.redis.kill();
    const load = startLoad({ perSecond: 15, forMs: 3_000, ask: readInTurn });
    expect(await load.done).toMatchObject({ requests: 45, answered: 45, stale: 0 });

    // Without what it had in memory, a service has nothing but the database.
    for (const name of ['billing', 'product'] as const) {
      await stack.services[name].terminate();
      await stack.services[name].start();
    }
    for (let nth = 0; nth < 2 * clients.length; nth += 1) {
      expect(await readInTurn(nth)).toMatchObject({ kind: 'answered', isFresh: true });
    }
    expect(stack.kos.callCount().total).toBe(callsBefore);

    const leaving = await stack.client();
    expect(await leaving.ask(logOut)).toMatchObject({ kind: 'answered' });
    await recovery(async () => (await leaving.readBill()).status === 401, 10);
    expect((await inTurn(clients, 0).changePlanUntilSettled()).data).toMatchObject({ state: 'COMPLETED' });

    await stack.redis.start();
    const recoverySeconds = await recovery(sharingAgain(stack, clients));
    reportFault({
      fault: 'F2 Redis killed in flight',
      userSees: 'nothing; KOS is not called once more',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
