import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  aHeldOrder,
  anotherOperator,
  decisionsOf,
  evidence,
  handedOverSoon,
  handOver,
  lost,
  onMyWord,
  oneOperator,
  stateOf,
  silence,
  unheard,
  type Fault,
} from './testing/a-held-order.ts';
import { aProductGraph, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { askForHeld, fieldOf, orderChange, readLine, readOrder, settleOrder, type Decision } from './testing/asking.ts';

const minuteMs = 60_000;

let product: ProductGraph;
beforeEach(async () => {
  product = await aProductGraph({ environment: handedOverSoon });
});
afterEach(() => product.close());

describe('An operator’s decision', () => {
  it('that KOS’s books confirm settles the order as if KOS had answered', async () => {
    const held = await aHeldOrder(product, unheard);
    const { id, lineId, owner: viewer, target } = held;
    await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
    const decision: Decision = { productOrderId: id, outcome: 'COMPLETED', effectiveDate: '2026-09-15', evidence };
    expect(await settleOrder(product, decision, oneOperator)).toMatchObject({
      __typename: 'ProductOrder',
      id,
      state: 'COMPLETED',
      effectiveDate: '2026-09-15',
      line: null,
    });
    expect(await readOrder(product, id, { viewer })).toMatchObject({
      state: 'COMPLETED',
      message: '상품 변경이 완료되었다',
      completionDate: '2026-09-15T03:11:00.000Z',
    });
    const { line } = await readLine(product, lineId, 'currentProduct { productCode version }', { viewer });
    expect(line).toEqual({ currentProduct: { productCode: target, version: 2 } });

    expect(await decisionsOf(product)).toEqual([
      {
        user_id: 'one-operator',
        order_id: id,
        outcome: 'COMPLETED',
        day: '2026-09-15',
        kos_word: 'ACCEPTED',
        on_word: false,
        result: 'SETTLED',
      },
    ]);
    const steps = await product.query('SELECT sequence, state FROM order_step WHERE line_id = $1 ORDER BY 1', [lineId]);
    expect(steps.map(({ state }) => state)).toEqual(['REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR', 'COMPLETED']);
    expect(steps.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId })).toMatchObject({ distinct: 1, results: [{ body: { result: '정상' } }] });
  });

  it.each<[string, Fault, Partial<Decision>, object]>([
    ['that it failed, which KOS applied', unheard, { outcome: 'FAILED' }, { outcomeAtKos: 'COMPLETED' }],
    [
      'on a day, where KOS has another',
      unheard,
      { outcome: 'COMPLETED', effectiveDate: '2026-09-16' },
      { outcomeAtKos: 'COMPLETED', effectiveDateAtKos: '2026-10-01', refusalReasonAtKos: null },
    ],
    [
      'that it is done, of which KOS has no trace',
      lost,
      { outcome: 'COMPLETED', effectiveDate: '2026-10-01' },
      { outcomeAtKos: 'FAILED', effectiveDateAtKos: null },
    ],
    ['that it was refused, of which KOS has no trace', lost, { outcome: 'REJECTED', refusalReason: 'OTHER' }, {}],
  ])('%s, is refused with what KOS says, word given or not; nothing changes', async (_, fault, said, byKos) => {
    const held = await aHeldOrder(product, fault, 'NEXT_MONTH');
    product.clock.advance(minuteMs);
    const decision = { ...onMyWord(held.id), ...said };
    expect(await settleOrder(product, decision, oneOperator)).toMatchObject({
      __typename: 'SettlementContradicted',
      code: 'SETTLEMENT_CONTRADICTED',
      message: '통신사의 기록과 다른 결정입니다.',
      ...byKos,
    });
    expect(await stateOf(product, held)).toBe('HELD');
    expect(await decisionsOf(product)).toMatchObject([{ order_id: held.id, result: 'CONTRADICTED' }]);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId: held.lineId }).distinct).toBe(0);
  });

  it('about an order that KOS refused needs KOS’s reason, which the customer is told', async () => {
    const wish = { lineId: product.lineIdOf('01012345681'), productOfferingId: '5G-STANDARD-001' };
    const viewer = troubled;
    const id = await handOver(product, unheard, wish, { viewer });

    const decision = { productOrderId: id, evidence };
    expect(await settleOrder(product, { ...decision, outcome: 'FAILED' }, oneOperator)).toMatchObject({
      __typename: 'SettlementContradicted',
      outcomeAtKos: 'REJECTED',
      refusalReasonAtKos: 'UNPAID_BALANCE',
    });
    const right: Decision = { ...decision, outcome: 'REJECTED', refusalReason: 'UNPAID_BALANCE' };
    expect(await settleOrder(product, right, oneOperator)).toMatchObject({ state: 'REJECTED' });
    expect(await readOrder(product, id, { viewer })).toMatchObject({ message: '미납 요금을 먼저 납부해 주세요' });
  });

  it('counts by itself while KOS is silent, but only when it is given for that case', async () => {
    const held = await aHeldOrder(product, lost);
    product.kos.faults.replace([silence]);
    const hesitant: Decision = { ...onMyWord(held.id), isKosSilenceAccepted: false };
    expect(await settleOrder(product, hesitant, oneOperator)).toMatchObject({
      __typename: 'SettlementUnconfirmed',
      code: 'SETTLEMENT_UNCONFIRMED',
    });
    expect(await stateOf(product, held)).toBe('HELD');
    product.clock.advance(1);
    expect(await settleOrder(product, onMyWord(held.id), oneOperator)).toMatchObject({
      state: 'FAILED',
      message: '상품 변경에 실패하였습니다. 통신사에서 변경이 처리되지 않은 것으로 확인되었습니다.',
    });
    expect(await decisionsOf(product)).toMatchObject([
      { kos_word: 'SILENT', on_word: false, result: 'UNCONFIRMED' },
      { kos_word: 'SILENT', on_word: true, result: 'SETTLED' },
    ]);
    const listed = fieldOf(await askForHeld(product, { first: 1 }, oneOperator), 'heldProductOrders');
    expect(listed).toMatchObject({ totalCount: 0 });
    const { lineId, owner: viewer, target } = held;
    const anew = { externalId: 'anew', lineId, productOfferingId: target };
    expect(await orderChange(product, anew, { viewer })).toMatchObject({ state: 'COMPLETED' });
  });

  it('waits when it is we who may not ask KOS: that says nothing about the order', async () => {
    await product.close();
    product = await aProductGraph({ environment: handedOverSoon, kos: { callsPerMinute: 6 } });
    const held = await aHeldOrder(product, lost);
    const spend = () => fetch(`${product.environment.KOS_URL}/kos/products/available`);
    for (let spent = 0; spent < 6; spent += 1) await (await spend()).text();
    const answer = await settleOrder(product, onMyWord(held.id), oneOperator);
    expect(answer).toMatchObject({ __typename: 'BackendUnavailable', code: 'KOS_BUSY' });
    expect(Number(answer['retryAfterMs'])).toBeGreaterThan(1_000);
    expect(await stateOf(product, held)).toBe('HELD');
    expect(await decisionsOf(product)).toMatchObject([{ kos_word: 'SILENT', result: 'UNAVAILABLE' }]);
  });

  it('of two operators at once: one settles it, the other hears that it is settled', async () => {
    const held = await aHeldOrder(product, lost);
    product.kos.faults.replace([{ ...silence, latencyMs: 100 }]);
    const answers = await Promise.all([
      settleOrder(product, onMyWord(held.id), oneOperator),
      settleOrder(product, onMyWord(held.id), anotherOperator),
    ]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ProductOrder', 'ProductOrderNotHeld']);
    expect(answers.find(({ code }) => code === 'ORDER_NOT_HELD')).toMatchObject({ productOrder: { state: 'FAILED' } });
    expect((await decisionsOf(product)).map(({ result }) => result)).toEqual(['SETTLED', 'NOT_HELD']);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId: held.lineId })).toMatchObject({ distinct: 1, deliveries: 1 });
  });

  it('said again is answered with the same order, and changes nothing more', async () => {
    const held = await aHeldOrder(product, lost);
    const first = await settleOrder(product, onMyWord(held.id), oneOperator);
    const before = product.kos.callCount().total;
    product.clock.advance(minuteMs);
    expect(await settleOrder(product, onMyWord(held.id), oneOperator)).toEqual(first);
    const another: Decision = { ...onMyWord(held.id), evidence: 'something else' };
    expect(await settleOrder(product, another, oneOperator)).toMatchObject({ __typename: 'ProductOrderNotHeld' });
    expect(product.kos.callCount().total).toBe(before);
    expect((await decisionsOf(product)).map(({ result }) => result)).toEqual(['SETTLED', 'REPEATED', 'NOT_HELD']);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId: held.lineId }).distinct).toBe(1);
  });

  it('must be possible, and founded on something', async () => {
    const held = await aHeldOrder(product, lost);
    const impossible: readonly [Partial<Decision>, string][] = [
      [{ outcome: 'COMPLETED' }, 'effectiveDate'],
      [{ outcome: 'COMPLETED', effectiveDate: '2026-09-14' }, 'effectiveDate'],
      [{ outcome: 'COMPLETED', effectiveDate: '2026-09-16' }, 'effectiveDate'],
      [{ outcome: 'FAILED', effectiveDate: '2026-09-15' }, 'effectiveDate'],
      [{ outcome: 'REJECTED' }, 'refusalReason'],
      [{ outcome: 'FAILED', refusalReason: 'OTHER' }, 'refusalReason'],
      [{ evidence: ' \n ' }, 'evidence'],
      [{ evidence: 'because\u0000' }, 'evidence'],
      [{ evidence: 'x'.repeat(1_001) }, 'evidence'],
    ];
    for (const [said, field] of impossible) {
      const answer = await settleOrder(product, { ...onMyWord(held.id), ...said }, oneOperator);
      expect(answer).toMatchObject({ __typename: 'SettlementInvalid', code: 'SETTLEMENT_INVALID', field });
    }
    expect(await stateOf(product, held)).toBe('HELD');
    const declined = { order_id: held.id, kos_word: null, result: 'INVALID' };
    expect(await decisionsOf(product)).toMatchObject(impossible.map(() => declined));
  });

  it('is about an order that was handed over: any other does not exist', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    for (const productOrderId of [id, 'no-such-order', "nul\u0000' OR 1=1--", 'x'.repeat(10_000)]) {
      expect(await settleOrder(product, onMyWord(productOrderId), oneOperator)).toEqual({
        __typename: 'ProductOrderNotFound',
        code: 'ORDER_NOT_FOUND',
        message: '해당 주문이 없습니다.',
      });
      product.clock.advance(1);
    }
    const ids = [id, 'no-such-order', null, null];
    expect(await decisionsOf(product)).toMatchObject(ids.map((order_id) => ({ order_id, result: 'NOT_FOUND' })));
  });
});
