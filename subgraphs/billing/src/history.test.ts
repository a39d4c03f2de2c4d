import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aBillingGraph, secondCustomer, troubledCustomer, type BillingGraph } from './testing/a-billing-graph.ts';

let graph: BillingGraph;
let line: string;

beforeAll(async () => {
  graph = await aBillingGraph();
  line = graph.lineOf('01012345678');
});
afterAll(() => graph.close());

/** Asks for the current month's bill at a moment, out of the cache after the first time. */
async function lookAt(moments: readonly string[]): Promise<void> {
  for (const moment of moments) {
    graph.clock.set(moment);
    await graph.bill(line);
  }
}

describe('The history of a line (UFR-BILL-040)', () => {
  it('holds what was asked of us and what we asked of KOS, also of a bill merely looked at', async () => {
    graph.clock.set('2026-09-01T03:00:00Z');
    await graph.bill(line, { month: '2026-08' });
    graph.clock.set('2026-09-01T03:00:01Z');
    await graph.inquire(line, { month: '2026-08' });
    const { edges, totalCount } = await graph.history(line);
    expect(totalCount).toBe(2);
    expect(edges).toMatchObject([
      {
        node: {
          state: 'DONE',
          billingMonth: '2026-08',
          requestedAt: '2026-09-01T03:00:01.000Z',
          completedAt: '2026-09-01T03:00:01.000Z',
          resultSummary: expect.stringMatching(/^5G 프리미엄 플랜, [\d,]+원$/),
          bill: { freshness: { source: 'CACHE' } },
          kosCalls: [],
        },
      },
      {
        node: {
          state: 'DONE',
          requestedAt: '2026-09-01T03:00:00.000Z',
          bill: { freshness: { source: 'KOS' } },
          kosCalls: [
            {
              requestedAt: '2026-09-01T03:00:00.000Z',
              respondedAt: '2026-09-01T03:00:00.000Z',
              resultCode: '0000',
              isSuccess: true,
              result: '정상 처리되었습니다',
            },
          ],
        },
      },
    ]);
  });

  it('holds what came to nothing, with KOS’s own code for it', async () => {
    const without = graph.lineOf('01012345679');
    const as = { viewer: troubledCustomer };
    await graph.inquire(without, { as });
    expect((await graph.history(without, { as })).edges).toMatchObject([
      {
        node: {
          state: 'REJECTED',
          bill: null,
          failure: { code: 'BILL_NOT_ISSUED' },
          kosCalls: [{ resultCode: 'E002', isSuccess: false, result: expect.any(String) }],
        },
      },
    ]);
  });

  it('holds no question that was no inquiry: a foreign line, a month that is not offered', async () => {
    const { totalCount } = await graph.history(line);
    await graph.bill(line, { month: '2020-01' });
    await graph.bill(line, { as: { viewer: secondCustomer } });
    expect((await graph.history(line)).totalCount).toBe(totalCount);
  });

  it('comes in pages, newest first, each once, whatever is added meanwhile', async () => {
    const moments = Array.from({ length: 9 }, (_, index) => `2026-09-02T03:0${index}:00.000Z`);
    await lookAt(moments);
    const seen: unknown[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo, totalCount } = await graph.history(line, {
        first: 4,
        after,
        from: '2026-09-02',
        to: '2026-09-02',
      });
      expect(totalCount).toBeGreaterThanOrEqual(9);
      expect(pageInfo).toMatchObject({
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor,
        endCursor: edges.at(-1)?.cursor,
      });
      seen.push(...edges.map(({ node }) => node));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      await lookAt(['2026-09-02T03:30:00.000Z']);
    } while (after !== null);
    expect(seen).toMatchObject(moments.toReversed().map((requestedAt) => ({ requestedAt })));
  });

  it('keeps apart inquiries of the same moment', async () => {
    graph.clock.set('2026-09-03T03:00:00Z');
    await Promise.all(Array.from({ length: 7 }, () => graph.bill(line)));
    const ids = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo } = await graph.history(line, { first: 2, after, from: '2026-09-03' });
      ids.push(...edges.map(({ node }) => JSON.stringify(node)));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(ids).size).toBe(7);
    expect(ids).toHaveLength(7);
  });

  it('is filtered by whole days in Seoul', async () => {
    await lookAt([
      '2026-09-04T14:59:59.999Z',
      '2026-09-04T15:00:00.000Z',
      '2026-09-05T14:59:59.999Z',
      '2026-09-05T15:00:00.000Z',
    ]);
    const on = async (from?: string, to?: string) =>
      (await graph.history(line, { ...(from !== undefined && { from }), ...(to !== undefined && { to }) })).totalCount;
    expect(await on('2026-09-05', '2026-09-05')).toBe(2);
    expect(await on('2026-09-06')).toBe(1);
    expect((await on('2026-09-04')) - (await on('2026-09-05'))).toBe(1);
    expect(await on('2026-09-06', '2026-09-05')).toBe(0);
    expect(await on(undefined, '2026-08-31')).toBe(0);
    expect(await on('0000-01-01', '9999-12-31')).toBe(await on());
  });

  it('is filtered by state', async () => {
    const without = graph.lineOf('01012345679');
    const as = { viewer: troubledCustomer };
    const all = await graph.history(without, { as });
    expect((await graph.history(without, { state: 'REJECTED', as })).totalCount).toBe(all.totalCount);
    expect((await graph.history(without, { state: 'DONE', as })).totalCount).toBe(0);
  });

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: 2_147_483_647 }, 'first'],
    [{ after: 'no cursor' }, 'after'],
    [{ after: Buffer.from('1:2').toString('base64url') }, 'after'],
    [{ after: Buffer.from(`${Date.now()}:' OR 1=1--`).toString('base64url') }, 'after'],
  ])('refuses the page %j', async (wish, field) => {
    const query = `query ($representations: [_Any!]!, $first: Int! = 20, $after: String) {
      _entities(representations: $representations) { ... on Line { billInquiries(first: $first, after: $after) { totalCount } } } }`;
    const answer = await graph.askLine(query, line, wish);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE', field } }]);
  });

  it('is the customer’s own: what an earlier owner of the line asked is not in it', async () => {
    const { totalCount } = await graph.history(line);
    await graph.database.query(
      `UPDATE bill_inquiry SET customer_id = 'CUST999'
       WHERE id = (SELECT id FROM bill_inquiry WHERE line_id = $1 LIMIT 1)`,
      [line],
    );
    expect((await graph.history(line)).totalCount).toBe(totalCount - 1);
  });

  it('keeps neither line numbers nor bills readable in the database, or in the log', async () => {
    const tables = [
      'customer_line',
      'kept_bill',
      'bill_inquiry',
      'kos_inquiry_history',
      'outbox_message',
      'inbox_message',
    ];
    const dumps: string[] = [];
    for (const table of tables) {
      const { rows } = await graph.database.query(`SELECT row_to_json(each)::text AS text FROM ${table} each`);
      expect(rows).not.toEqual([]);
      dumps.push(JSON.stringify(rows));
    }
    const everything = [...dumps, ...graph.log].join('\n');
    expect(everything).not.toContain('01012345678');
    expect(everything).not.toContain('5G 프리미엄');
    expect(everything).not.toMatch(/amount/i);
  });
});
