import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aStack } from './kit/a-stack.ts';
import { clientsOf } from './kit/clients-of.ts';
import { generousKos } from './kit/generous-kos.ts';
import type { Reply } from './kit/history.ts';
import { recovery } from './kit/recovery.ts';
import { reportFault } from './kit/report.ts';
import type { Stack } from './kit/stack.ts';

/** A refusal takes three seconds at most, a read within the gateway's own limit; the rest is a busy machine. */
const mostMs = 4_500;
/** Once the first ones have waited, nobody does: two seconds are the least that anybody would wait. */
const soonMs = 1_900;

/** The second one is the session's, which the gateway has auth look up for whatever changes something. */
const unavailable = /^(SERVICE|AUTH_STATE)_UNAVAILABLE$/;

describe('PostgreSQL is frozen', () => {
  let stack: Stack;
  beforeAll(async () => (stack = await aStack({ ...generousKos, ownPostgres: true, customers: 3 })), 60_000);
  afterAll(() => stack.close());

  it('costs the first who ask three seconds and those after them none, and goes on when it thaws', async () => {
    const [reader, orderer, other] = await clientsOf(stack);
    if (reader === undefined || orderer === undefined || other === undefined) throw new Error('there are three');
    const read = (): Promise<Reply[]> => Promise.all([reader.readBill(), reader.readProduct()]);
    const change = (): Promise<Reply[]> => Promise.all([orderer.changePlan(), other.logIn()]);
    await read();
    await stack.quiet();
    await stack.postgres.freeze();

    const [reads, refusals] = await Promise.all([read(), change()]);
    for (const reply of reads) expect(reply).toMatchObject({ kind: 'answered', status: 200 });
    for (const { status, code } of refusals) expect([status, code]).toEqual([503, expect.stringMatching(unavailable)]);
    for (const { tookMs } of [...reads, ...refusals]) expect(tookMs).toBeLessThan(mostMs);
    const [laterReads, laterRefusals] = await Promise.all([read(), change()]);
    for (const reply of laterReads) expect(reply).toMatchObject({ kind: 'answered', status: 200 });
    for (const refused of laterRefusals) expect(refused.status).toBe(503);
    for (const { tookMs } of [...laterReads, ...laterRefusals]) expect(tookMs).toBeLessThan(soonMs);

    await stack.postgres.thaw();
    const recoverySeconds = await recovery(async () => (await orderer.changePlan()).kind === 'answered');
    reportFault({
      fault: 'F10 PostgreSQL frozen',
      userSees:
        'reads as before, the first ones late; changes and logins "for now unavailable" within 3 s, then at once',
      ...(await stack.check()),
      recoverySeconds,
    });
  });
});
