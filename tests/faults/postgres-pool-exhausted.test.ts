import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos, generousSettings } from './kit/generous-kos.ts';
import { underWay, whileHolding } from './kit/held-lock.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

const connections = 3;
/** Half a second for a connection; the rest is a busy machine. */
const shedWithinMs = 2_500;

describe('All connections to a database are taken', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await aStack({
      ...generousKos,
      customers: 12,
      settings: { ...generousSettings, PRODUCT_DATABASE_CONNECTIONS: String(connections) },
    });
  });
  afterAll(() => stack.close());

  it('turns away at once whoever finds no room, and leaves those alone who ask for something else', async () => {
    const clients = await clientsOf(stack);
    const [reader] = clients;
    await Promise.all(clients.map((client) => client.readBill()));

    const lock = 'LOCK TABLE customer IN ACCESS EXCLUSIVE MODE';
    const [replies, bill] = await whileHolding(stack, { database: 'product', lock }, async () => {
      const changes = clients.map((client) => client.changePlan());
      return [await Promise.all(changes), await reader?.readBill()] as const;
    });
    expect(bill).toMatchObject({ kind: 'answered' });
    const shed = replies.filter(({ code }) => code === 'OVERLOADED');
    const late = replies.filter(({ code }) => code === 'TIMED_OUT');
    expect(shed.length + late.length).toBe(clients.length);
    expect(shed.length).toBeGreaterThanOrEqual(clients.length - 2 * connections);
    expect(late.length).toBeGreaterThan(0);
    for (const { status, tookMs } of shed) expect([status, tookMs < shedWithinMs]).toEqual([503, true]);
    for (const { status } of late) expect(status).toBe(504);

    const recoverySeconds = await recovery(async () => (await clients[1]?.changePlan())?.kind === 'answered');
    await eventually(async () => (await underWay(stack, 'product')) === 0);
    reportFault({
      fault: 'F11 connection pool exhausted',
      userSees: '"too busy" within 0.5 s for whoever finds no connection; other services as before',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
