import { MINUTE_MS } from '@supergraph/platform/time';
import { createManualClock } from '@supergraph/platform/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack, type Stack } from '../kit/a-stack.ts';
import type { Reply } from '../kit/history.ts';
import { recovery } from '../kit/recovery.ts';
import { reportFault } from '../kit/report.ts';
import { withRedis } from '../kit/with-redis.ts';

const month = '2026-09';
/** As many as one process that plays every part can serve within the deadlines. */
const readers = 100;
/** So long that all come while KOS is being asked. */
const kosTakesMs = 400;

describe('a bill that everybody reads expires', () => {
  const clock = createManualClock('2026-11-21T03:00:00Z');
  let stack: Stack;

  beforeAll(async () => {
    stack = await aStack({ clock, settings: { CLOSED_BILL_FRESH_MS: String(10 * MINUTE_MS) } });
    stack.kos.faults.replace([{ operation: 'bill-inquiry', latencyMs: kosTakesMs }]);
  });
  afterAll(() => stack.close());

  const billsAskedOfKos = () => stack.kos.calls().filter(({ operation }) => operation === 'bill-inquiry').length;

  it('costs KOS one call, whoever waits for it and whoever is shown the old one meanwhile', async () => {
    const client = await stack.client();
    const callsFor = async (readAll: () => Promise<Reply[]>): Promise<number> => {
      // The session is looked up anew after so long; that is not what is measured.
      await client.readOrder('of nobody');
      const before = billsAskedOfKos();
      const codes = (await readAll()).filter(({ kind }) => kind !== 'answered').map(({ code }) => code);
      expect(codes).toEqual([]);
      // Whoever was shown the old bill was not made to wait for the new one.
      await recovery(async () => (await client.readBill(month)).isFresh);
      return billsAskedOfKos() - before;
    };
    const crowd = () => Promise.all(Array.from({ length: readers }, () => client.readBill(month)));

    expect(await callsFor(crowd)).toBe(1);
    expect(await callsFor(crowd)).toBe(0);
    clock.advance(11 * MINUTE_MS);
    expect(await callsFor(crowd)).toBe(1);
    await withRedis(stack.redis, async (redis) => await redis.flushall());
    expect(await callsFor(crowd)).toBe(0);
    clock.advance(11 * MINUTE_MS);
    expect(await callsFor(crowd)).toBe(1);

    reportFault({
      fault: 'F8 hot key expires under readers',
      userSees: `nothing; ${readers} readers at once cost KOS one call`,
      ...(await stack.check()),
      recoverySeconds: null,
    });
  });
});
