import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chanceOf } from '@supergraph/kos-simulator/seeded-chance';

import { aStack } from '../kit/a-stack.ts';

import { clientsOf } from '../kit/clients-of.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

/** How often each is killed, 200 times in all. */
const kills = { product: 80, billing: 20, gateway: 20, redis: 80 } as const;
/** KOS's limit is another fault's matter; here as many changes as possible are to be under way. */
const plenty = 100_000;
const seed = 20_261_121;

describe('processes are killed with kill -9 at any moment', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      run: 'processes',
      customers: 12,
      kos: { callsPerMinute: plenty },
      settings: { KOS_CALLS_PER_MINUTE: String(plenty) },
    });
  });
  afterAll(() => stack.close());

  it('loses no order, carries none out twice and denies none, whoever dies', async () => {
    const chance = chanceOf(seed);
    const clients = await clientsOf(stack);
    let isOver = false;
    const lives = clients.map(async (client) => {
      while (!isOver) {
        await client.changePlanUntilSettled({ withinMs: 10_000 });
        await client.readProduct();
        await client.readBill();
      }
    });
    const { redis, services } = stack;
    const victims = { ...services, redis };
    const killers = Object.entries(kills).map(async ([name, times]) => {
      const victim = victims[name as keyof typeof kills];
      for (let nth = 0; nth < times; nth += 1) {
        await pause(chance.between(50, 2_000));
        await victim.kill();
        await victim.start();
      }
    });
    await Promise.all(killers);
    isOver = true;
    await Promise.all(lives);

    const recoverySeconds = await recovery(async () => (await clients[0]?.readProduct())?.isFresh ?? false);
    const findings = await stack.check(120_000);
    const settled = stack.history.turns.filter(({ end }) => end?.data?.['state'] === 'COMPLETED').length;
    expect(settled).toBeGreaterThan(0);
    const times = Object.values(kills).reduce<number>((sum, each) => sum + each, 0);
    reportFault({
      fault: `F43 kill -9, ${times} times`,
      userSees: 'an answer a little later, or asks again with the same key',
      ...findings,
      recoverySeconds,
    });
  }, 1_800_000);
});
