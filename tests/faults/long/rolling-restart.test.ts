import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { clientsOf } from '../kit/clients-of.ts';
import { startLoad } from '../kit/load.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

const rounds = 3;
const longestStopMs = 15_000;

describe('the subgraphs are restarted one after another while customers read and change plans', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ run: 'processes', customers: 6 })), 120_000);
  afterAll(() => stack.close());

  it('fails no request, and stops each within 15 s', async () => {
    const clients = await clientsOf(stack);
    const [reader, ...orderers] = clients;
    if (reader === undefined) throw new Error('nobody reads');
    await reader.readBill();
    await reader.readProduct();

    const { auth, billing, product } = stack.services;
    const load = startLoad({
      perSecond: 50,
      ask: (nth) => (nth % 2 === 0 ? reader.readBill() : reader.readProduct()),
      forMs: 120_000,
    });
    for (let round = 0; round < rounds; round += 1) {
      for (const service of [billing, product, auth]) {
        const order = orderers.pop()?.changePlan();
        expect(await service.terminate()).toBeLessThan(longestStopMs);
        await service.start();
        await order;
      }
    }
    const report = await load.stop();
    expect(report).toMatchObject({ failed: 0, unclear: 0 });

    const findings = await stack.check();
    reportFault({
      fault: `F32 rolling restart, ${rounds * 3} restarts`,
      userSees: `nothing (p99 ${report.p99} ms)`,
      ...findings,
      recoverySeconds: null,
    });
  }, 300_000);
});
