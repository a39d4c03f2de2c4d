import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

const [upMs, downMs, rounds] = [20_000, 10_000, 4];

describe('KOS is there for 20 s and away for 10 s, over and over', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({ run: 'processes', customers: 10, settings: { CLOSED_BILL_FRESH_MS: '5000' } });
  });
  afterAll(() => stack.close());

  it('goes on answering, fresh or marked as stale, and no circuit stays open for good', async () => {
    const clients = await Promise.all(stack.customers.map((customer) => stack.client(customer)));
    for (const client of clients) await client.readBill();

    const load = startLoad({
      perSecond: 30,
      forMs: (upMs + downMs) * rounds,
      ask: async (nth) =>
        await ((await clients[nth % clients.length]?.readBill()) ?? (await stack.client()).readBill()),
    });
    const orders = [];
    for (let round = 0; round < rounds; round += 1) {
      await pause(upMs);
      await stack.ways.kos.down();
      orders.push(await clients[round % clients.length]?.changePlan());
      await pause(downMs);
      await stack.ways.kos.up();
    }
    const { requests, answered, p99 } = await load.done;
    expect(answered / requests).toBeGreaterThanOrEqual(0.99);
    expect(stack.kos.callCount().maximumIn60s).toBeLessThanOrEqual(100);

    const recoverySeconds = await recovery(async () => (await clients[0]?.readBill())?.isFresh ?? false);
    const findings = await stack.check();
    reportFault({
      fault: `F26 KOS flapping, ${rounds} times`,
      userSees: `${((answered / requests) * 100).toFixed(2)} % answered, fresh or marked stale (p99 ${p99} ms)`,
      ...findings,
      recoverySeconds,
    });
  }, 360_000);
});
