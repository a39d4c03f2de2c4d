import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from '../kit/a-stack.ts';
import { startLoad } from '../kit/load.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import type { Stack } from '../kit/stack.ts';

/** A tenth of the processor, as a quota gives it: in every period a turn, and then nothing. */
const periodMs = 100;
const turnMs = 10;

/** As in production: requests that would wait too long are refused. */
const shedding = { SHED_READS_AT_LAG_MS: '30', SHED_CHANGES_AT_LAG_MS: '120' };

describe('the gateway gets a tenth of the processor', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ run: 'processes', settings: shedding })), 120_000);
  afterAll(() => stack.close());

  it('answers or says "too busy" in time, and everybody again once it has all of it', async () => {
    const client = await stack.client();
    await client.readProduct();
    const { gateway } = stack.services;
    const starving = setInterval(() => {
      gateway.freeze();
      setTimeout(() => {
        gateway.thaw();
      }, periodMs - turnMs);
    }, periodMs);
    const load = await startLoad({ perSecond: 30, forMs: 10_000, ask: () => client.readProduct() }).done;
    clearInterval(starving);
    await new Promise((resolve) => setTimeout(resolve, periodMs));
    gateway.thaw();

    expect(load.unclear).toBe(0);
    expect(Object.keys(load.codes).filter((code) => code !== 'OVERLOADED')).toEqual([]);
    expect(load.answered).toBeGreaterThan(0);
    expect(load.slowest).toBeLessThan(8_000);

    const recoverySeconds = await recovery(async () => (await client.readProduct()).kind === 'answered');
    const findings = await stack.check();
    const answeredPercent = Math.round((100 * load.answered) / load.requests);
    reportFault({
      fault: 'F40 the gateway has a tenth of the processor',
      userSees: `${answeredPercent} % answered, the others "too busy"; p99 ${load.p99} ms`,
      ...findings,
      recoverySeconds,
    });
  });
});
