import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { monthBefore } from './kit/client.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import type { Reply } from './kit/history.ts';
import { startLoad } from './kit/load.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

/** A refusal takes one second at most; the rest is a busy machine. */
const mostMs = 2_000;
const catalogue = '{ productOfferings(first: 3) { totalCount } }';

describe('PostgreSQL is killed', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ ...generousKos, ownPostgres: true, customers: 2 })), 60_000);
  afterAll(() => stack.close());

  it('shows bills, plans and the catalogue as before, refuses what must be written, and keeps what it has', async () => {
    const [reader, orderer] = await clientsOf(stack);
    if (reader === undefined || orderer === undefined) throw new Error('there are two customers');
    const read = (): Promise<Reply[]> => Promise.all([reader.readBill(), reader.readProduct(), reader.ask(catalogue)]);
    await read();
    const order = await orderer.changePlanUntilSettled();
    await stack.quiet();
    await stack.postgres.kill();

    for (const reply of await read()) expect(reply).toMatchObject({ kind: 'answered', status: 200 });
    // Nobody has this one kept, so KOS is asked.
    expect(await reader.readBill(monthBefore(2))).toMatchObject({ kind: 'answered' });
    const load = startLoad({ perSecond: 30, forMs: 1_000, ask: () => reader.readBill() });
    const refusals = await Promise.all([orderer.changePlan(), orderer.logIn()]);
    expect(refusals).toMatchObject([
      { status: 503, code: 'AUDIT_UNAVAILABLE' },
      { status: 503, code: 'SERVICE_UNAVAILABLE' },
    ]);
    for (const refused of refusals) expect(refused.tookMs).toBeLessThan(mostMs);
    expect(await load.done).toMatchObject({ failed: 0, unclear: 0 });

    await stack.postgres.start();
    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    expect((await orderer.readOrder(order.data?.['id'] ?? '')).data).toMatchObject({ state: 'COMPLETED' });
    reportFault({
      fault: 'F9 PostgreSQL killed',
      userSees: 'reads as before; changes and logins "for now unavailable" within 1 s',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
