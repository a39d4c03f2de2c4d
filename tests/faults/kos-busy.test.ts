import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const perMinute = 20;

describe('everybody asks at once, and KOS takes a few calls a minute', () => {
  let stack: Stack;
  beforeAll(async () => {
    const settings = { KOS_CALLS_PER_MINUTE: String(perMinute), CLOSED_BILL_FRESH_MS: '1' };
    stack = await aStack({ customers: 30, settings });
  });
  afterAll(() => stack.close());

  it('never asks KOS more often, keeps a part for changes, and answers the others with what is kept or "busy"', async () => {
    const clients = await clientsOf(stack);
    const [known, orderer] = clients;
    await known?.readBill();
    const replies = await Promise.all(clients.slice(2).map((client) => client.readBill()));
    expect(replies.map(({ code }) => code)).toContain('KOS_BUSY');
    expect(replies.filter(({ kind, code }) => kind === 'failed' && code !== 'KOS_BUSY')).toEqual([]);

    expect(await known?.readBill()).toMatchObject({ kind: 'answered', isFresh: false });
    expect((await orderer?.changePlanUntilSettled())?.data).toMatchObject({ state: 'COMPLETED' });

    const findings = await stack.check();
    expect(stack.kos.callCount().maximumIn60s).toBeLessThanOrEqual(perMinute);
    expect(stack.kos.callCount().refused).toBe(0);
    reportFault({
      fault: 'F23 the calls that KOS takes a minute are spent',
      userSees: 'kept bills marked stale, else "busy" with a time to ask again; changes go on',
      ...findings,
      recoverySeconds: null,
    });
  });
});
