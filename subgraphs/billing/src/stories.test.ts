import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  aBillingGraph,
  firstCustomer,
  secondCustomer,
  staff,
  troubledCustomer,
  type BillingGraph,
} from './testing/a-billing-graph.ts';
import { amountsOn, entityIn, idOf } from './testing/answer.ts';
import { eventually } from './testing/eventually.ts';
import { anyEntity, createInquiry, inquiryById, menu } from './testing/operations.ts';

const offered = ['2026-09', '2026-08', '2026-07', '2026-06', '2026-05', '2026-04', '2026-03'];

let graph: BillingGraph;
let first: string;
let second: string;
let withoutBill: string;

beforeAll(async () => {
  graph = await aBillingGraph();
  first = graph.lineOf('01012345678');
  second = graph.lineOf('01087654321');
  withoutBill = graph.lineOf('01012345679');
});
afterAll(() => graph.close());

describe('The bill menu (UFR-BILL-010)', () => {
  it('offers the caller’s lines and seven months, the current one first', async () => {
    const { data, errors } = await graph.ask(menu);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      billInquiryMenu: { lines: [{ id: first }], currentBillingMonth: '2026-09', billingMonths: offered },
    });
  });

  it('offers staff the months, and nobody’s lines', async () => {
    const { data } = await graph.ask(menu, {}, { viewer: staff });
    expect(data).toMatchObject({ billInquiryMenu: { lines: [], billingMonths: offered } });
  });

  it('is for those with the right to look at bills', async () => {
    const without = await graph.ask(menu, {}, { viewer: { ...firstCustomer, scopes: ['PRODUCT_CHANGE'] } });
    expect(without.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const anonymous = await graph.ask(menu, {}, { viewer: null });
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('asks KOS whose lines they are once, however often it is opened', async () => {
    const before = graph.customerCalls();
    await Promise.all(Array.from({ length: 20 }, () => graph.ask(menu, {}, { viewer: troubledCustomer })));
    expect(graph.customerCalls() - before).toBe(1);
  });
});

describe('A bill asked for (UFR-BILL-020)', () => {
  it('is that of the current month when no month is named', async () => {
    const inquiry = await graph.inquire(first);
    expect(inquiry).toMatchObject({
      state: 'DONE',
      progressPercent: 100,
      pollAfterMs: null,
      billingMonth: '2026-09',
      line: { id: first },
      failure: null,
      bill: { billingMonth: '2026-09', isClosed: false },
    });
  });

  it.each(offered)('is that of %s when that is named', async (month) => {
    expect(await graph.inquire(first, { month })).toMatchObject({
      state: 'DONE',
      billingMonth: month,
      bill: { billingMonth: month, isClosed: month !== '2026-09' },
    });
  });

  it.each(['2026-10', '2026-02', '2026-13', '2026-2', '0000-00', '202609', '', '\u0000'])(
    'is refused for %j with the months that are offered, and KOS is left alone',
    async (month) => {
      const before = graph.billCalls();
      const { data } = await graph.ask(createInquiry, { input: { lineId: first, billingMonth: month } });
      expect(data).toEqual({
        createBillInquiry: {
          __typename: 'InvalidBillingMonth',
          code: 'INVALID_BILLING_MONTH',
          message: '조회할 수 없는 청구월입니다.',
          billingMonths: offered,
        },
      });
      expect(await graph.bill(first, { month })).toMatchObject({
        __typename: 'InvalidBillingMonth',
        billingMonths: offered,
      });
      expect(graph.billCalls()).toBe(before);
    },
  );

  it('is refused in the language of whoever asks', async () => {
    const input = { lineId: first, billingMonth: '2099-01' };
    const { data } = await graph.ask(createInquiry, { input }, { language: 'en' });
    expect(data).toMatchObject({ createBillInquiry: { message: 'This month cannot be looked up.' } });
  });

  it('can be asked for again by the id of its inquiry, by its own customer alone', async () => {
    const { id, state } = await graph.inquire(first);
    expect(await graph.inquiry(id)).toMatchObject({ id, state });
    for (const viewer of [secondCustomer, staff])
      expect((await graph.ask(inquiryById, { id }, { viewer })).data).toEqual({ billInquiry: null });
    for (const other of ['nothing', '', '\u0000', "' OR 1=1--", 'x'.repeat(10_000)])
      expect(await graph.ask(inquiryById, { id: other })).toEqual({ data: { billInquiry: null }, errors: [] });
  });
});

describe('A bill (UFR-BILL-030)', () => {
  it('says everything that the story asks for', async () => {
    expect(await graph.bill(first, { month: '2026-08' })).toMatchObject({
      __typename: 'CustomerBill',
      line: { id: first },
      billingMonth: '2026-08',
      isClosed: true,
      billDate: '2026-09-01',
      productName: '5G 프리미엄 플랜',
      contractDescription: expect.stringMatching(/개월$/),
      amountDue: { unit: 'KRW', value: expect.stringMatching(/^\d+$/) },
      discounts: expect.arrayContaining([
        { name: expect.stringMatching(/할인$/), amount: { value: expect.stringMatching(/^-\d+$/) } },
      ]),
      usage: [
        { type: 'VOICE', used: expect.stringMatching(/^\d+$/), allowance: null, unit: 'MINUTE' },
        { type: 'DATA', used: expect.stringMatching(/^\d+$/), allowance: null, unit: 'MEGABYTE' },
        { type: 'SMS', used: expect.stringMatching(/^\d+$/), allowance: null, unit: 'MESSAGE' },
      ],
      estimatedTerminationFee: { total: { value: expect.stringMatching(/^\d+$/) } },
      payment: { dueDate: '2026-09-25', method: expect.any(String), status: expect.stringMatching(/^(PAID|UNPAID)$/) },
      freshness: { fetchedAt: graph.clock.now().toISOString(), stale: false },
    });
  });

  it('has items of TM Forum types that add up to what is due', async () => {
    const bill = await graph.bill(first, { month: '2026-07' });
    expect(bill).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: '기본료', type: 'RECURRING_CHARGE' })]),
    });
    const { dueWon, itemsWon } = amountsOn(bill);
    expect(itemsWon.reduce((sum, amount) => sum + amount, 0)).toBe(dueWon);
  });

  it('comes from KOS once and then from the cache, and says so', async () => {
    graph.clock.set('2026-09-17T05:00:00Z');
    const before = graph.billCalls();
    expect(await graph.bill(first)).toMatchObject({
      freshness: { source: 'KOS', fetchedAt: '2026-09-17T05:00:00.000Z' },
    });
    graph.clock.set('2026-09-17T05:40:00Z');
    expect(await graph.bill(first)).toMatchObject({
      freshness: { source: 'CACHE', fetchedAt: '2026-09-17T05:00:00.000Z', stale: false },
    });
    expect(graph.billCalls() - before).toBe(1);
  });

  it('is not issued where KOS has none (E002), which is asked again only after a while', async () => {
    const before = graph.billCalls();
    const notIssued = {
      __typename: 'BillNotIssued',
      code: 'BILL_NOT_ISSUED',
      message: '해당 월의 청구 내역이 없습니다.',
      billingMonth: '2026-06',
    };
    const as = { viewer: troubledCustomer };
    expect(await graph.bill(withoutBill, { month: '2026-06', as })).toEqual(notIssued);
    expect(await graph.inquire(withoutBill, { month: '2026-06', as })).toMatchObject({
      state: 'REJECTED',
      progressPercent: 100,
      bill: null,
      resultSummary: null,
      failure: notIssued,
    });
    expect(graph.billCalls() - before).toBe(1);
    graph.clock.advance(30_000);
    expect(await graph.bill(withoutBill, { month: '2026-06', as })).toEqual(notIssued);
    expect(graph.billCalls() - before).toBe(2);
  });

  it('of several months comes in pages, newest first, each month with its bill or its problem', async () => {
    const page = await graph.bills(first, { first: 3 });
    expect(page).toMatchObject({
      totalCount: 7,
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
      edges: offered.slice(0, 3).map((billingMonth) => ({ billingMonth, node: { billingMonth }, problem: null })),
    });
    const rest = await graph.bills(first, { first: 7, after: page.pageInfo.endCursor });
    expect(rest.edges).toMatchObject(offered.slice(3).map((billingMonth) => ({ billingMonth })));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const none = await graph.bills(withoutBill, { first: 1, as: { viewer: troubledCustomer } });
    expect(none.edges).toMatchObject([{ node: null, problem: { code: 'BILL_NOT_ISSUED' } }]);
  });

  it.each([0, -1, 8, 2_147_483_647])('is not listed in pages of %d', async (size) => {
    const answer = await graph.askLine(
      'query ($representations: [_Any!]!, $first: Int!) { _entities(representations: $representations) { ... on Line { bills(first: $first) { totalCount } } } }',
      first,
      { first: size },
    );
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE', field: 'first' } }]);
  });

  it('is an entity of its own, found by its id', async () => {
    const id = idOf(await graph.bill(first, { month: '2026-08' }));
    const answer = await graph.ask(anyEntity, { representations: [{ __typename: 'CustomerBill', id }] });
    expect(entityIn(answer)).toEqual({ __typename: 'CustomerBill', id, billingMonth: '2026-08' });
  });
});

describe('What is the customer’s own', () => {
  it('is not told from what does not exist when somebody else asks', async () => {
    const { id: inquiryId } = await graph.inquire(first);
    const billId = idOf(await graph.bill(first));
    const references = [
      { __typename: 'Line', id: first },
      { __typename: 'CustomerBill', id: billId },
      { __typename: 'BillInquiry', id: inquiryId },
    ];
    const own = await graph.ask(anyEntity, { representations: references });
    expect(own.data).toMatchObject({ _entities: references });
    for (const viewer of [secondCustomer, staff]) {
      const answer = await graph.ask(anyEntity, { representations: references }, { viewer });
      expect(answer).toEqual({ data: { _entities: [null, null, null] }, errors: [] });
    }
    const anonymous = await graph.ask(anyEntity, { representations: references }, { viewer: null });
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('costs no call to KOS when a stranger asks for it, and one answer serves all strangers', async () => {
    await graph.ask(menu, {}, { viewer: secondCustomer });
    const before = graph.kos.calls().length;
    const answers = [];
    for (const lineId of [first, graph.lineOf('01000000000'), 'ln_', '', '01012345678', '\u0000', 'x'.repeat(5_000)])
      answers.push(await graph.ask(createInquiry, { input: { lineId } }, { viewer: secondCustomer }));
    for (const answer of answers)
      expect(answer.data).toEqual({
        createBillInquiry: { __typename: 'LineNotFound', code: 'NOT_FOUND', message: '조회할 수 없는 회선입니다.' },
      });
    expect(await graph.ask(createInquiry, { input: { lineId: first } }, { viewer: staff })).toEqual(answers[0]);
    expect(graph.kos.calls()).toHaveLength(before);
  });
});

describe('A result (UFR-BILL-040)', () => {
  it('is pushed to the MVNO AP server with the bill, once', async () => {
    const { id, resultSummary } = await graph.inquire(second, { month: '2026-08', as: { viewer: secondCustomer } });
    expect(resultSummary).toMatch(/^5G 스탠다드 플랜, [\d,]+원$/);
    await eventually(() => graph.ap.results({ type: 'bill', lineId: second }).results.length > 0);
    const results = graph.ap.results({ type: 'bill', lineId: second });
    expect(results).toMatchObject({ distinct: 1, deliveries: 1 });
    expect(results.results[0]?.body).toMatchObject({
      eventId: expect.stringContaining(id),
      type: 'BILL_INQUIRY_RESULT',
      inquiryId: id,
      lineId: second,
      billingMonth: '2026-08',
      state: 'DONE',
      resultSummary,
      bill: { productName: '5G 스탠다드 플랜', amountDueWon: expect.any(Number) },
    });
  });

  it('is pushed when there is no bill, too, and when a bill looked at had to be asked of KOS', async () => {
    const pushed = (lineId: string, month: string) =>
      graph.ap
        .results({ type: 'bill', lineId })
        .results.map(({ body }) => body)
        .filter(({ billingMonth }) => billingMonth === month);
    await graph.inquire(withoutBill, { month: '2026-04', as: { viewer: troubledCustomer } });
    await graph.bill(second, { month: '2026-05', as: { viewer: secondCustomer } });
    await graph.bill(second, { month: '2026-05', as: { viewer: secondCustomer } });
    await eventually(() => pushed(withoutBill, '2026-04').length > 0 && pushed(second, '2026-05').length > 0);
    expect(pushed(withoutBill, '2026-04')).toMatchObject([{ state: 'REJECTED', bill: null }]);
    expect(pushed(second, '2026-05')).toMatchObject([{ state: 'DONE' }]);
  });
});
