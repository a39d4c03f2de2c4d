import { afterEach, describe, expect, it } from '@jest/globals';

import { patienceMs } from './domain/bill-inquiry.ts';
import { SUBJECT_REST_MS } from './kos/kos-policy.ts';
import { aBillingGraph, secondCustomer, type BillingGraph } from './testing/a-billing-graph.ts';
import { eventually } from './testing/eventually.ts';
import { menu } from './testing/operations.ts';

/** The longest that an inquiry waits after it may be tried again. */
const awakeMs = 1_000;

let graph: BillingGraph;
afterEach(() => graph.close());

const isFailing = [{ operation: 'bill-inquiry', status: 503 }] as const;

/** The customer's first line, at which KOS fails. */
async function aFailingLine(): Promise<string> {
  graph = await aBillingGraph();
  await graph.ask(menu);
  graph.kos.faults.replace([...isFailing]);
  const line = graph.lineOf('01012345678');
  await graph.bill(line);
  return line;
}

describe('An inquiry, while KOS must be left alone,', () => {
  it('waits: what KOS was not asked uses up no attempt, and it is done when that is over', async () => {
    const line = await aFailingLine();
    const { id, state } = await graph.inquire(line, { month: '2026-08' });
    expect(state).toBe('IN_PROGRESS');
    const waiting = `SELECT due_at::text FROM bill_inquiry WHERE origin = 'REQUEST' AND attempt = 0`;
    let due = '';
    const waitsAnew = async () => {
      const before = due;
      due = JSON.stringify((await graph.database.query(waiting)).rows);
      return due !== '[]' && due !== before;
    };
    await eventually(waitsAnew);
    for (let rests = 0; rests < 3; rests += 1) {
      graph.clock.advance(SUBJECT_REST_MS - (rests === 0 ? 0 : awakeMs));
      // the line fails once more and rests, just before it is the inquiry's turn
      await graph.bill(line);
      graph.clock.advance(awakeMs);
      await eventually(waitsAnew);
    }
    expect(graph.billCalls()).toBe(4);
    graph.kos.faults.clear();
    expect(await graph.endOf(id)).toMatchObject({ state: 'DONE' });
    expect(graph.billCalls()).toBe(5);
  });

  it('does not wait for ever', async () => {
    const line = await aFailingLine();
    for (let failures = 1; failures < 5; failures += 1) {
      graph.clock.advance(SUBJECT_REST_MS);
      await graph.bill(line);
    }
    const { id } = await graph.inquire(line, { month: '2026-08' });
    const startedAt = graph.clock.now().getTime();
    // In long steps: the circuit is open for half a minute of real time.
    await eventually(async () => {
      graph.clock.advance(SUBJECT_REST_MS);
      return (await graph.inquiry(id)).state !== 'IN_PROGRESS';
    });
    expect(await graph.inquiry(id)).toMatchObject({ state: 'TERMINATED_WITH_ERROR' });
    expect(graph.clock.now().getTime() - startedAt).toBeGreaterThanOrEqual(patienceMs);
    expect(graph.billCalls()).toBe(5);
  });
});

describe('A customer at whom KOS fails', () => {
  it('rests, and the others are answered', async () => {
    graph = await aBillingGraph();
    graph.kos.faults.replace([{ operation: 'customer', status: 503 }]);
    for (let looks = 0; looks < 6; looks += 1) await graph.ask(menu);
    expect(graph.customerCalls()).toBe(2);
    graph.kos.faults.clear();
    expect((await graph.ask(menu, {}, { viewer: secondCustomer })).errors).toEqual([]);
    expect((await graph.ask(menu)).errors).toMatchObject([{ extensions: { code: 'KOS_UNAVAILABLE' } }]);
    graph.clock.advance(SUBJECT_REST_MS);
    expect((await graph.ask(menu)).errors).toEqual([]);
  });
});
