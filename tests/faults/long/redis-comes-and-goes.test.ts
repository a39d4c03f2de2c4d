import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from '../kit/a-stack.ts';
import { monthBefore, type Client } from '../kit/client.ts';
import { clientsOf, inTurn } from '../kit/clients-of.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';

/** What all instances may draw on together opens a minute after Redis has come: only then is there anything to lose. */
const [rounds, upMs, downMs] = [2, 80_000, 15_000];
/** More bills than KOS may be asked for in the time. */
const [customers, months] = [60, 6];

/** A machine that is busy with the test itself now and then misses a deadline. */
const mostOtherwiseFailed = 0.005;

describe('Redis comes and goes, while customers ask for more than KOS allows', () => {
  let stack: Stack;
  let clients: readonly Client[];

  beforeAll(async () => {
    stack = await aStack({ run: 'processes', customers });
    clients = await clientsOf(stack);
  }, 180_000);
  afterAll(() => stack.close());

  it('never calls KOS more than 100 times in any minute, and nobody is shown a wrong bill', async () => {
    const load = startLoad({
      perSecond: 10,
      forMs: rounds * (upMs + downMs),
      ask: (nth) => inTurn(clients, nth).readBill(monthBefore(1 + (Math.floor(nth / clients.length) % months))),
    });
    for (let round = 0; round < rounds; round += 1) {
      await pause(upMs);
      await stack.redis.kill();
      await inTurn(clients, round).changePlanUntilSettled();
      await pause(downMs);
      await stack.redis.start();
    }
    const { codes, answered, requests } = await load.done;
    const busy = codes['KOS_BUSY'] ?? 0;
    expect((requests - answered - busy) / requests).toBeLessThan(mostOtherwiseFailed);
    expect(stack.kos.callCount().maximumIn60s).toBeLessThanOrEqual(100);

    const recoverySeconds = await recovery(async () => (await inTurn(clients, 0).readBill()).isFresh);
    const share = ((answered / requests) * 100).toFixed(0);
    const most = stack.kos.callCount().maximumIn60s;
    reportFault({
      fault: `F2 Redis killed ${rounds} times under a load beyond KOS's limit`,
      userSees: `${share} % answered, the others "busy, try later"; at most ${most} calls to KOS in 60 s`,
      ...(await stack.check()),
      recoverySeconds,
    });
  }, 300_000);
});
