import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { readBillingConfig } from './config.ts';
import { seedDemoCustomers } from './demo-customers.ts';
import { aBillingGraph, secondCustomer, type BillingGraph, type Wishes } from './testing/a-billing-graph.ts';
import { eventually } from './testing/eventually.ts';
import { menu } from './testing/operations.ts';

const HOUR_MS = 3_600_000;
/** So long KOS takes for a renewal, and nobody who looks waits. */
const slowMs = 5_000;

let graph: BillingGraph;
afterEach(() => graph.close());

const bill = z.object({ freshness: z.object({ fetchedAt: z.string(), stale: z.boolean(), source: z.string() }) });
const freshnessOf = async (line: string) => bill.parse(await graph.bill(line)).freshness;

/** A graph whose first customer's lines are known. */
async function begin(wishes: Wishes = {}): Promise<{ readonly line: string }> {
  graph = await aBillingGraph(wishes);
  await graph.ask(menu);
  return { line: graph.lineOf('01012345678') };
}

describe('A bill', () => {
  it('is fresh for as long as is set', async () => {
    const { line } = await begin({ settings: { OPEN_BILL_FRESH_MS: '60000', CLOSED_BILL_FRESH_MS: '120000' } });
    const lookAfter = async (ms: number) => {
      graph.clock.advance(ms);
      return [await graph.bill(line), await graph.bill(line, { month: '2026-08' })];
    };
    const asked = { freshness: { source: 'KOS', stale: false } };
    const [fresh, stale] = [
      { freshness: { source: 'CACHE', stale: false } },
      { freshness: { source: 'CACHE', stale: true } },
    ];
    expect(await lookAfter(0)).toMatchObject([asked, asked]);
    expect(await lookAfter(40_000)).toMatchObject([fresh, fresh]);
    expect(await lookAfter(20_000)).toMatchObject([stale, fresh]);
    expect(await lookAfter(60_000)).toMatchObject([stale, stale]);
  });

  it('is renewed beside whoever looks when it nears its end: nobody waits, and nobody sees an old one', async () => {
    const { line } = await begin({ settings: { KOS_TIMEOUT_MS: '20000' } });
    await graph.bill(line);
    graph.clock.advance(0.8 * HOUR_MS);
    graph.kos.faults.replace([{ operation: 'bill-inquiry', latencyMs: slowMs }]);
    const startedMs = performance.now();
    const looks = await Promise.all(Array.from({ length: 10 }, () => freshnessOf(line)));
    expect(performance.now() - startedMs).toBeLessThan(slowMs);
    expect(new Set(looks.map(({ fetchedAt }) => fetchedAt))).toEqual(new Set(['2026-09-15T03:00:00.000Z']));
    await eventually(async () => (await freshnessOf(line)).fetchedAt === '2026-09-15T03:48:00.000Z');
    graph.clock.advance(0.2 * HOUR_MS);
    expect(await freshnessOf(line)).toMatchObject({ stale: false, source: 'CACHE' });
    expect(graph.billCalls()).toBe(2);
  });

  it('is given at once when it is old, marked stale, and renewed beside whoever looks', async () => {
    const { line } = await begin({ settings: { KOS_TIMEOUT_MS: '20000' } });
    await graph.bill(line);
    graph.clock.advance(5 * HOUR_MS);
    graph.kos.faults.replace([{ operation: 'bill-inquiry', latencyMs: slowMs }]);
    const startedMs = performance.now();
    expect(await freshnessOf(line)).toEqual({ fetchedAt: '2026-09-15T03:00:00.000Z', stale: true, source: 'CACHE' });
    expect(performance.now() - startedMs).toBeLessThan(slowMs);
    await eventually(async () => !(await freshnessOf(line)).stale);
    expect(await freshnessOf(line)).toMatchObject({ fetchedAt: '2026-09-15T08:00:00.000Z' });
    expect(graph.billCalls()).toBe(2);
  });

  it('is given at once after a restart, too, and renewed', async () => {
    const { line } = await begin();
    await graph.bill(line);
    graph.clock.advance(5 * HOUR_MS);
    await graph.restart();
    expect(await freshnessOf(line)).toEqual({ fetchedAt: '2026-09-15T03:00:00.000Z', stale: true, source: 'CACHE' });
    await eventually(async () => !(await freshnessOf(line)).stale);
  });

  it('is waited for by an inquiry, which is to say what KOS says', async () => {
    const { line } = await begin();
    await graph.bill(line);
    graph.clock.advance(5 * HOUR_MS);
    expect(await graph.inquire(line)).toMatchObject({
      state: 'DONE',
      bill: { freshness: { stale: false, source: 'KOS', fetchedAt: '2026-09-15T08:00:00.000Z' } },
    });
  });

  it('is not renewed once the calls that are not kept for others are spent, and says that it is old', async () => {
    // Of ten calls a minute five are this service's: four for those who wait, two of them also for nobody in a hurry.
    const { line } = await begin({ settings: { KOS_CALLS_PER_MINUTE: '10' } });
    await graph.bill(line);
    graph.clock.advance(5 * HOUR_MS);
    for (let look = 0; look < 20; look += 1) {
      expect(await freshnessOf(line)).toMatchObject({ stale: true, source: 'CACHE' });
      graph.clock.advance(3_000);
    }
    expect(graph.billCalls()).toBe(1);
    expect(graph.log.join('')).toContain('an answer could not be renewed yet');
  });
});

describe('Whose a line is', () => {
  it('is at hand for the demo customers before they ask, in a database that was seeded', async () => {
    graph = await aBillingGraph();
    await seedDemoCustomers(readBillingConfig({ ...graph.environment, LOG_LEVEL: 'silent' }), { clock: graph.clock });
    const before = graph.customerCalls();
    expect((await graph.ask(menu)).data).toMatchObject({
      billInquiryMenu: { lines: [{ id: graph.lineOf('01012345678') }] },
    });
    expect(graph.customerCalls()).toBe(before);
  });

  it('is remembered while KOS is away', async () => {
    const { line } = await begin();
    await graph.bill(line);
    await graph.kos.stopListening();
    graph.clock.advance(20 * HOUR_MS);
    expect(await graph.bill(line)).toMatchObject({ line: { id: line }, freshness: { stale: true } });
    expect((await graph.ask(menu)).data).toMatchObject({ billInquiryMenu: { lines: [{ id: line }] } });
  });

  it('cannot be told when KOS is away and nothing is remembered', async () => {
    await begin();
    await graph.kos.stopListening();
    const answer = await graph.ask(menu, {}, { viewer: secondCustomer });
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'KOS_UNAVAILABLE', retryable: true, retryAfterMs: expect.any(Number) } },
    ]);
  });

  it('cannot be told either to whoever asks for a bill by name: that is refused as data', async () => {
    const { line } = await begin();
    await graph.kos.stopListening();
    const inquire = `mutation ($input: CreateBillInquiryInput!) {
      createBillInquiry(input: $input) { __typename ... on BackendUnavailable { code message retryAfterMs } }
    }`;
    const { data, errors } = await graph.ask(inquire, { input: { lineId: line } }, { viewer: secondCustomer });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      createBillInquiry: {
        __typename: 'BackendUnavailable',
        code: 'KOS_UNAVAILABLE',
        retryAfterMs: expect.any(Number),
      },
    });
  });

  it('is nobody’s for a customer whom KOS does not know', async () => {
    await begin();
    const viewer = { ...secondCustomer, customerId: 'CUST999999' };
    for (let time = 1; time <= 3; time += 1)
      expect((await graph.ask(menu, {}, { viewer })).data).toMatchObject({ billInquiryMenu: { lines: [] } });
    expect(graph.customerCalls()).toBe(2);
  });
});
