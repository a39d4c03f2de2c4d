import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aProductGraph, staff, stranger, tester, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { askForChange, orderChange, readLine, readOrder } from './testing/asking.ts';

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

const lineOf = (lineNumber: string) => product.lineIdOf(lineNumber);

const changesAtKos = (lineNumber: string) =>
  product.kos.changes().filter((change) => change.lineNumber === lineNumber && change.resultCode === '0000');

describe('A plan change (UFR-PROD-030, UFR-PROD-040)', () => {
  it('completes, shows the new plan at once and tells the MVNO AP server', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
    const order = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    expect(order).toMatchObject({
      __typename: 'ProductOrder',
      externalId: 'k',
      state: 'COMPLETED',
      message: '상품 변경이 완료되었다',
      pollAfterMs: null,
      refusalReason: null,
      productCodeBefore: current,
      productCodeAfter: target,
      creationDate: '2026-09-15T03:00:00.000Z',
      effectiveDate: '2026-09-15',
      completionDate: '2026-09-15T03:00:00.000Z',
      line: { id: lineId, currentProduct: { productCode: target, version: 2 } },
      kosCalls: [{}, {}, { resultCode: '0000', isSuccess: true, result: '상품 변경 요청: 정상' }],
    });
    expect(await readOrder(product, order['id'], { viewer, language: 'en' })).toMatchObject({
      state: 'COMPLETED',
      message: 'The plan was changed.',
    });

    await product.tellResults();
    expect(product.mvnoAp.results({ lineId }).results).toMatchObject([
      { type: 'product-change', body: { productCodeAfter: target, result: '정상', message: '상품 변경이 완료되었다' } },
    ]);
  });

  it('takes effect on the 1st of the next month when asked to, and books nothing twice', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const order = await orderChange(
      product,
      { externalId: 'k', lineId, productOfferingId: target, requestedStart: 'NEXT_MONTH' },
      { viewer },
    );
    expect(order).toMatchObject({
      state: 'COMPLETED',
      effectiveDate: '2026-10-01',
      message: '상품 변경이 예약되었다 (2026-10-01 적용)',
    });
    expect(await readOrder(product, order['id'], { viewer, language: 'en' })).toMatchObject({
      message: 'The change is booked for 2026-10-01.',
    });
    const { line } = await readLine(
      product,
      lineId,
      'currentProduct { productCode version scheduledChange { productCode effectiveDate } }',
      { viewer },
    );
    expect(line).toMatchObject({
      currentProduct: {
        productCode: current,
        version: 2,
        scheduledChange: { productCode: target, effectiveDate: '2026-10-01' },
      },
    });

    await product.tellResults();
    expect(product.mvnoAp.results({ lineId }).results).toMatchObject([
      { body: { result: '정상', message: '상품 변경이 예약되었다 (2026-10-01 적용)' } },
    ]);
  });

  it('is not allowed while one is booked for a later day, whatever the plan', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const booking = { externalId: 'booking', lineId, productOfferingId: target, requestedStart: 'NEXT_MONTH' } as const;
    const booked = await orderChange(product, booking, { viewer });
    const asked = product.kos.changes().length;
    for (const productOfferingId of ['PROD999', target, current]) {
      const wish = { externalId: `after ${productOfferingId}`, lineId, productOfferingId };
      const answer = await orderChange(product, wish, { viewer });
      expect(answer).toMatchObject({
        __typename: 'ProductChangeNotAllowed',
        code: 'CHANGE_ALREADY_SCHEDULED',
        message: '예약된 상품 변경이 있어 다시 변경할 수 없습니다.',
      });
      expect(answer['checks']).toHaveLength(3);
    }
    expect(product.kos.changes()).toHaveLength(asked);
    expect(
      await product.query(
        `SELECT refusal, count(qualification_id)::int AS checked FROM change_request
         WHERE line_id = $1 AND order_id IS NULL GROUP BY refusal`,
        [lineId],
      ),
    ).toEqual([{ refusal: 'ALREADY_SCHEDULED', checked: 3 }]);
    expect(await orderChange(product, booking, { viewer })).toMatchObject({ id: booked['id'], state: 'COMPLETED' });
  });

  it('keeps both histories: what was asked of us, and what was asked of KOS', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    expect(
      await product.query(
        'SELECT order_id, product_code_before, product_code_after, refusal FROM change_request WHERE line_id = $1',
        [lineId],
      ),
    ).toEqual([{ order_id: id, product_code_before: current, product_code_after: target, refusal: null }]);
    expect(
      await product.query('SELECT operation, outcome FROM kos_call WHERE subject_id = $1 ORDER BY sequence', [id]),
    ).toEqual(
      expect.arrayContaining([
        { operation: 'LINE_STATUS', outcome: 'OK' },
        { operation: 'CATALOGUE', outcome: 'OK' },
        { operation: 'CHANGE', outcome: 'OK' },
      ]),
    );
    expect(
      await product.query('SELECT sequence, state FROM order_step WHERE line_id = $1 ORDER BY 1', [lineId]),
    ).toEqual([
      { sequence: 1, state: 'REQUESTED' },
      { sequence: 2, state: 'SENT' },
      { sequence: 3, state: 'COMPLETED' },
    ]);
  });

  it.each([
    ['01012345679', '5G-STANDARD-001', 'CONTRACT_RESTRICTION', '약정 제한으로 상품을 변경할 수 없습니다', 'E101'],
    ['01012345682', 'PROD999', 'DEVICE_INCOMPATIBLE', '단말기에서 사용할 수 없는 상품입니다', 'E102'],
    ['01012345681', '5G-STANDARD-001', 'UNPAID_BALANCE', '미납 요금을 먼저 납부해 주세요', 'E103'],
  ])('is rejected with its reason on line %s', async (lineNumber, productOfferingId, refusalReason, message, code) => {
    const lineId = lineOf(lineNumber);
    const wish = { externalId: `refused-${code}`, lineId, productOfferingId };
    expect(await orderChange(product, wish, { viewer: troubled })).toMatchObject({
      state: 'REJECTED',
      refusalReason,
      message,
      pollAfterMs: null,
      kosCalls: [{}, {}, { resultCode: code, isSuccess: false, result: '상품 변경 요청: 거절' }],
    });
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId }).results).toMatchObject([{ body: { result: '실패', message } }]);
  });

  it.each([
    ['of the other operator', '01012345678', 'M2-5G-MAX-001'],
    ['no longer sold', '01012345678', '3G-OLD-001'],
    ['for a suspended line', '01012340000', '5G-STANDARD-001'],
  ])(
    'is not allowed to a plan %s; KOS is not asked to make it, and the reason is kept',
    async (what, number, target) => {
      const viewer = number === '01012345678' ? tester : troubled;
      const wish = { externalId: `not-allowed ${what}`, lineId: lineOf(number), productOfferingId: target };
      const answer = await orderChange(product, wish, { viewer });
      expect(answer).toMatchObject({
        __typename: 'ProductChangeNotAllowed',
        code: 'PLAN_CHANGE_NOT_ALLOWED',
        message: '선택한 요금제로 변경할 수 없습니다.',
      });
      expect(answer['checks']).toHaveLength(3);
      expect(changesAtKos(number)).toEqual([]);
      const kept = await product.query(
        `SELECT refusal, is_qualified FROM change_request JOIN qualification ON qualification.id = qualification_id
       WHERE change_request.line_id = $1 AND change_request.product_code_after = $2`,
        [wish.lineId, target],
      );
      expect(kept).toEqual([{ refusal: 'NOT_ALLOWED', is_qualified: false }]);
    },
  );

  it('is not allowed to the plan the line is on', async () => {
    const wish = { externalId: 'same', lineId: lineOf('01012345678'), productOfferingId: '5G-PREMIUM-001' };
    expect(await orderChange(product, wish)).toMatchObject({ __typename: 'ProductChangeNotAllowed', checks: [] });
  });

  it('of a foreign line, an absent one and by staff is the same: there is no such line', async () => {
    const wish = { externalId: 'k', lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    for (const [viewer, lineId] of [
      [stranger, wish.lineId],
      [stranger, lineOf('01000000000')],
      [staff, wish.lineId],
    ] as const) {
      expect(await orderChange(product, { ...wish, lineId }, { viewer })).toMatchObject({
        __typename: 'LineNotFound',
        code: 'NOT_FOUND',
      });
    }
  });

  it('needs the right to change plans', async () => {
    const viewer = { ...tester, scopes: ['BILL_INQUIRY'] };
    const wish = { externalId: 'k', lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    expect((await askForChange(product, wish, { viewer })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await askForChange(product, wish, { viewer: null })).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });

  it('takes the plan before from KOS, never from the client, and only codes that can be codes', async () => {
    const wish = { externalId: 'k', lineId: lineOf('01012345678'), productOfferingId: "x'; DROP TABLE\u0000" };
    expect((await askForChange(product, wish)).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'productOfferingId' } },
    ]);
  });

  it('is not begun any more once whoever asked has been told that it failed', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'id', { viewer });
    product.kos.faults.replace([{ operation: 'line-status', latencyMs: 300 }]);
    const looks = () => product.kos.calls().filter(({ operation }) => operation === 'line-status').length;
    const before = looks();
    const wish = { externalId: 'late', lineId, productOfferingId: target };
    const answer = askForChange(product, wish, { viewer, withinMs: 2_000 });
    await eventually(() => looks() > before);
    product.clock.advance(3_000);
    expect((await answer).errors).toMatchObject([{ extensions: { code: 'TIMED_OUT' } }]);
    product.kos.faults.clear();
    expect(changesAtKos(lineNumber)).toEqual([]);
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ state: 'COMPLETED' });
  });

  it('is allowed again from the day on which the booked one takes effect', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const booking = { externalId: 'booked', lineId, productOfferingId: target, requestedStart: 'NEXT_MONTH' } as const;
    await orderChange(product, booking, { viewer });
    product.clock.set('2026-09-30T15:00:00.000Z');
    const wish = { externalId: 'on the day', lineId, productOfferingId: 'PROD999' };
    expect(await orderChange(product, wish, { viewer })).toMatchObject({
      state: 'COMPLETED',
      message: '상품 변경이 완료되었다',
      productCodeBefore: target,
      effectiveDate: '2026-10-01',
    });
  });
});
