import { afterEach, describe, expect, it } from '@jest/globals';

import { SUBJECT_REST_MS } from './kos/kos-policy.ts';
import {
  aBillingGraph,
  secondCustomer,
  troubledCustomer,
  type BillingGraph,
  type Wishes,
} from './testing/a-billing-graph.ts';
import { refusalIn } from './testing/answer.ts';
import { eventually } from './testing/eventually.ts';
import { menu } from './testing/operations.ts';

const HOUR_MS = 3_600_000;
const unavailable = {
  __typename: 'BackendUnavailable',
  code: 'KOS_UNAVAILABLE',
  message: '일시적으로 서비스 이용이 어렵습니다',
  retryAfterMs: expect.any(Number),
};

/** How long a KOS that hangs is waited for by whoever has no deadline of his own. */
const patienceMs = 15_000;
const patient = { settings: { KOS_TIMEOUT_MS: String(patienceMs) } };

let graph: BillingGraph;
afterEach(() => graph.close());

/** A graph whose first customer's lines are known. */
async function begin(wishes: Wishes = {}): Promise<{ readonly line: string }> {
  graph = await aBillingGraph(wishes);
  await graph.ask(menu);
  return { line: graph.lineOf('01012345678') };
}

describe('A line that KOS has trouble with', () => {
  const as = { viewer: troubledCustomer };

  it('has no bill to look at when KOS reports a failure (E999)', async () => {
    await begin();
    expect(await graph.bill(graph.lineOf('01012345680'), { as })).toEqual(unavailable);
    expect(await graph.bill(graph.lineOf('01012345680'), { as: { ...as, language: 'en' } })).toMatchObject({
      message: 'The carrier cannot be reached right now.',
    });
  });

  it('rests after a failure: however many of its months are looked at, KOS is asked once and others have theirs', async () => {
    const { line } = await begin();
    const failing = graph.lineOf('01012345680');
    const months = ['2026-09', '2026-08', '2026-07', '2026-06', '2026-05', '2026-04'];
    const together = await Promise.all(months.map((month) => graph.bill(failing, { month, as })));
    expect(together).toEqual(months.map(() => ({ ...unavailable, retryAfterMs: SUBJECT_REST_MS })));
    for (const month of months) expect(await graph.bill(failing, { month, as })).toEqual(unavailable);
    expect(graph.billCalls()).toBe(1);
    const [latest] = (await graph.history(failing, { first: 1, as })).edges;
    expect(latest).toMatchObject({ node: { kosCalls: [{ respondedAt: null, resultCode: null, isSuccess: false }] } });
    expect(await graph.bill(line)).toMatchObject({ freshness: { source: 'KOS' } });
    expect(graph.log.join('')).not.toContain('circuit opened');
  });

  it('is asked about again when it has rested', async () => {
    await begin();
    const line = graph.lineOf('01012345680');
    await graph.bill(line, { as });
    graph.clock.advance(SUBJECT_REST_MS - 1);
    expect(refusalIn(await graph.bill(line, { as })).retryAfterMs).toBe(1_000);
    expect(graph.billCalls()).toBe(1);
    graph.clock.advance(1);
    await graph.bill(line, { as });
    expect(graph.billCalls()).toBe(2);
  });

  it('is asked about three times before an inquiry ends with an error, and the MVNO AP server is told', async () => {
    await begin();
    const line = graph.lineOf('01012345680');
    const begun = await graph.inquire(line, { as });
    expect(begun).toMatchObject({
      state: 'IN_PROGRESS',
      progressPercent: 10,
      pollAfterMs: 1_000,
      completedAt: null,
      failure: null,
    });
    const ended = await graph.endOf(begun.id, as);
    expect(ended).toMatchObject({
      state: 'TERMINATED_WITH_ERROR',
      progressPercent: 100,
      pollAfterMs: null,
      bill: null,
      failure: unavailable,
    });
    expect(graph.billCalls()).toBe(3);
    const failed = { resultCode: 'E999', isSuccess: false, respondedAt: expect.any(String) };
    expect(ended).toMatchObject({ kosCalls: [failed, failed, failed] });
    expect((await graph.history(line, { as })).edges).toMatchObject([{ node: { kosCalls: [failed, failed, failed] } }]);
    await eventually(() => graph.ap.results({ lineId: line }).results.length > 0);
    expect(graph.ap.results({ lineId: line }).results).toMatchObject([
      { body: { state: 'TERMINATED_WITH_ERROR', bill: null } },
    ]);
  });

  it('is given up after the time-out, and the history tells that no answer came', async () => {
    // The line answers after a second and a half; whose it is was asked with time enough.
    await begin({ kos: { latencyScale: 0.3 } });
    await graph.ask(menu, {}, as);
    await graph.restart({ KOS_TIMEOUT_MS: '400' });
    const line = graph.lineOf('01012345681');
    const begun = await graph.inquire(line, { as });
    expect(begun.state).toBe('IN_PROGRESS');
    expect(await graph.endOf(begun.id, as)).toMatchObject({ state: 'TERMINATED_WITH_ERROR', failure: unavailable });
    const silence = { respondedAt: null, resultCode: null, isSuccess: false, result: unavailable.message };
    expect((await graph.history(line, { as })).edges).toMatchObject([
      { node: { kosCalls: [silence, silence, silence] } },
    ]);
  });
});

describe('An inquiry', () => {
  it('is in progress when KOS needs longer than one is kept waiting, and done when asked for again', async () => {
    const { line } = await begin({ settings: { INQUIRY_WAIT_MS: '100', KOS_TIMEOUT_MS: '15000' } });
    graph.kos.faults.replace([{ operation: 'bill-inquiry', latencyMs: 2_500 }]);
    const { id, state } = await graph.inquire(line);
    expect(state).toBe('IN_PROGRESS');
    expect(await graph.inquiry(id)).toMatchObject({ state: 'IN_PROGRESS', bill: null, resultSummary: null });
    expect(await graph.endOf(id)).toMatchObject({ state: 'DONE', bill: { billingMonth: '2026-09' } });
    expect(graph.billCalls()).toBe(1);
  });

  it('is answered in progress as soon as its first attempt has failed, and saved by a later one', async () => {
    const { line } = await begin();
    graph.kos.faults.replace([{ operation: 'bill-inquiry', status: 503, times: 2 }]);
    const { id, state } = await graph.inquire(line);
    expect(state).toBe('IN_PROGRESS');
    expect(await graph.endOf(id)).toMatchObject({
      state: 'DONE',
      kosCalls: [{ isSuccess: false }, { isSuccess: false }, { isSuccess: true }],
    });
  });

  it('waits no longer than whoever asks', async () => {
    const { line } = await begin(patient);
    graph.kos.faults.replace([{ operation: 'bill-inquiry', hang: true }]);
    const startedMs = performance.now();
    expect((await graph.inquire(line, { as: { withinMs: 150 } })).state).toBe('IN_PROGRESS');
    expect(performance.now() - startedMs).toBeLessThan(patienceMs);
    await graph.kos.stopListening();
  });
});

describe('A bill looked at', () => {
  it.each(['html', 'truncated', 'wrong-types', 'other-line'] as const)(
    'is never what KOS garbled (%s): it is as if KOS had not answered, and there is an alarm',
    async (malformed) => {
      const { line } = await begin();
      graph.kos.faults.replace([{ operation: 'bill-inquiry', malformed }]);
      expect(await graph.bill(line)).toEqual(unavailable);
      expect(await graph.bill(line, { month: '2026-08' })).toEqual(unavailable);
      expect(graph.log.join('')).toContain('KOS gave an answer that must not be used');
      graph.kos.faults.clear();
      graph.clock.advance(SUBJECT_REST_MS);
      expect(await graph.bill(line)).toMatchObject({ line: { id: line }, freshness: { source: 'KOS' } });
      expect((await graph.history(line, { first: 3 })).edges[2]).toMatchObject({
        node: { state: 'TERMINATED_WITH_ERROR', kosCalls: [{ isSuccess: false }] },
      });
    },
  );

  it('is the last one known, and says that it is old, while KOS is away', async () => {
    const { line } = await begin();
    const known = await graph.bill(line);
    await graph.kos.stopListening();
    graph.clock.advance(HOUR_MS);
    const stale = await graph.bill(line);
    expect(stale).toMatchObject({ freshness: { stale: true, source: 'CACHE', fetchedAt: '2026-09-15T03:00:00.000Z' } });
    expect({ ...Object(stale), freshness: null }).toEqual({ ...Object(known), freshness: null });
    expect(await graph.bill(line, { month: '2026-08' })).toEqual(unavailable);
    expect(await graph.inquire(line)).toMatchObject({ state: 'DONE', bill: { freshness: { stale: true } } });
    await graph.kos.resume();
    expect(await graph.bill(line)).toMatchObject({ freshness: { stale: true } });
    graph.clock.advance(SUBJECT_REST_MS);
    await eventually(async () => JSON.stringify(await graph.bill(line)).includes('"stale":false'));
  });

  it('is not shown when it is more than a day past its time', async () => {
    const { line } = await begin();
    await graph.bill(line);
    graph.clock.advance(HOUR_MS);
    await graph.ask(menu);
    await graph.kos.stopListening();
    graph.clock.advance(24 * HOUR_MS);
    expect(await graph.bill(line)).toMatchObject({ freshness: { stale: true } });
    graph.clock.advance(1);
    expect(await graph.bill(line)).toEqual(unavailable);
  });

  it('is asked of KOS anew when its month is over, however fresh it was', async () => {
    const { line } = await begin({ now: '2026-09-30T14:50:00Z' });
    expect(await graph.bill(line, { month: '2026-09' })).toMatchObject({ isClosed: false });
    graph.clock.set('2026-09-30T15:00:00Z');
    expect(await graph.bill(line, { month: '2026-09' })).toMatchObject({
      isClosed: true,
      freshness: { source: 'KOS' },
    });
    graph.clock.advance(21 * HOUR_MS);
    expect(await graph.bill(line, { month: '2026-09' })).toMatchObject({ freshness: { source: 'CACHE' } });
  });

  it('costs KOS one call, however many look at it at once', async () => {
    const { line } = await begin();
    const bills = await Promise.all(Array.from({ length: 100 }, () => graph.bill(line, { month: '2026-07' })));
    expect(graph.billCalls()).toBe(1);
    expect(new Set(bills.map((bill) => JSON.stringify({ ...Object(bill), freshness: null }))).size).toBe(1);
    const { edges, totalCount } = await graph.history(line, { first: 100 });
    expect(totalCount).toBe(100);
    expect(edges.filter(({ node }) => !JSON.stringify(node).includes('"kosCalls":[]'))).toHaveLength(1);
  });

  it('is looked at once in an operation that asks for it twice', async () => {
    const { line } = await begin();
    const twice = /* GraphQL */ `
      query ($representations: [_Any!]!) {
        _entities(representations: $representations) {
          ... on Line {
            one: bill {
              __typename
            }
            other: bill {
              __typename
            }
            none: bill(billingMonth: "") {
              __typename
            }
          }
        }
      }
    `;
    expect((await graph.askLine(twice, line, {})).data).toMatchObject({
      _entities: [
        {
          one: { __typename: 'CustomerBill' },
          other: { __typename: 'CustomerBill' },
          none: { __typename: 'InvalidBillingMonth' },
        },
      ],
    });
    expect((await graph.history(line)).totalCount).toBe(1);
  });

  it('is asked for no longer than whoever looks waits', async () => {
    const { line } = await begin(patient);
    graph.kos.faults.replace([{ operation: 'bill-inquiry', hang: true }]);
    const startedMs = performance.now();
    expect(await graph.bill(line, { as: { withinMs: 300 } })).toEqual(unavailable);
    expect(performance.now() - startedMs).toBeLessThan(patienceMs);
  });

  it('is not asked for while the circuit is open', async () => {
    const { line } = await begin();
    graph.kos.faults.replace([{ operation: 'bill-inquiry', status: 500 }]);
    for (const month of ['2026-09', '2026-08', '2026-07', '2026-06', '2026-05']) {
      expect(await graph.bill(line, { month })).toEqual(unavailable);
      graph.clock.advance(SUBJECT_REST_MS);
    }
    graph.kos.faults.clear();
    expect(await graph.bill(line, { month: '2026-04' })).toMatchObject({
      code: 'KOS_UNAVAILABLE',
      retryAfterMs: expect.any(Number),
    });
    expect(graph.billCalls()).toBe(5);
    expect((await graph.history(line, { first: 1 })).edges).toMatchObject([
      { node: { kosCalls: [{ respondedAt: null, resultCode: null, isSuccess: false }] } },
    ]);
    await graph.ask(menu, {}, { viewer: secondCustomer });
    expect(graph.customerCalls()).toBe(2);
  });

  it('is refused as busy, with the time to wait, when KOS counts too many calls', async () => {
    const { line } = await begin({ kos: { callsPerMinute: 2 } });
    expect(await graph.bill(line)).toMatchObject({ __typename: 'CustomerBill' });
    const busy = await graph.bill(line, { month: '2026-08' });
    expect(busy).toMatchObject({
      __typename: 'BackendUnavailable',
      code: 'KOS_BUSY',
      message: '잠시 후 다시 시도해 주세요.',
    });
    expect(refusalIn(busy).retryAfterMs).toBeGreaterThan(1_000);
  });

  it('is refused as busy before KOS has to, when our own count says so', async () => {
    // The half of a service, less what is kept for plan changes: 4 of 10.
    const { line } = await begin({ settings: { KOS_CALLS_PER_MINUTE: '10' } });
    const answers = [];
    for (const month of ['2026-09', '2026-08', '2026-07', '2026-06', '2026-05'])
      answers.push(await graph.bill(line, { month }));
    expect(answers.slice(0, 3)).toMatchObject(Array.from({ length: 3 }, () => ({ __typename: 'CustomerBill' })));
    expect(answers.slice(3)).toMatchObject([{ code: 'KOS_BUSY' }, { code: 'KOS_BUSY' }]);
    expect(graph.kos.calls()).toHaveLength(4);
  });
});
