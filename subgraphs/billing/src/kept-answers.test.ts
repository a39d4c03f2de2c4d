import { afterEach, describe, expect, it } from '@jest/globals';

import { readBillingConfig } from './config.ts';
import { seedDemoCustomers } from './demo-customers.ts';
import { aBillingGraph, secondCustomer, type BillingGraph, type Wishes } from './testing/a-billing-graph.ts';
import { menu } from './testing/operations.ts';

const HOUR_MS = 3_600_000;

let graph: BillingGraph;
afterEach(() => graph.close());

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
    const [asked, kept] = [{ freshness: { source: 'KOS' } }, { freshness: { source: 'CACHE' } }];
    expect(await lookAfter(0)).toMatchObject([asked, asked]);
    expect(await lookAfter(60_000)).toMatchObject([asked, kept]);
    expect(await lookAfter(60_000)).toMatchObject([asked, asked]);
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

  it('is nobody’s for a customer whom KOS does not know', async () => {
    await begin();
    const viewer = { ...secondCustomer, customerId: 'CUST999999' };
    for (let time = 1; time <= 3; time += 1)
      expect((await graph.ask(menu, {}, { viewer })).data).toMatchObject({ billInquiryMenu: { lines: [] } });
    expect(graph.customerCalls()).toBe(2);
  });
});
