import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  aHeldOrder,
  anotherOperator,
  decisionsOf,
  handedOverSoon,
  lost,
  onMyWord,
  oneOperator,
  stateOf,
  unheard,
} from './testing/a-held-order.ts';
import { aProductGraph, staff, tester, type ProductGraph } from './testing/a-product-graph.ts';
import { askForHeld, askForSettlement, fieldOf, settleOrder } from './testing/asking.ts';

const minuteMs = 60_000;

let product: ProductGraph;
beforeEach(async () => {
  product = await aProductGraph({ environment: handedOverSoon });
});
afterEach(() => product.close());

describe('The orders that wait for an operator', () => {
  it('are listed longest held first, with what it takes to find them out, and nothing about the customer', async () => {
    const first = await aHeldOrder(product, lost);
    const second = await aHeldOrder(product, lost);
    expect(fieldOf(await askForHeld(product, { first: 10 }, oneOperator), 'heldProductOrders')).toMatchObject({
      totalCount: 2,
      edges: [
        {
          node: {
            lineId: first.lineId,
            sentAt: '2026-09-15T03:00:00.000Z',
            heldAt: '2026-09-15T03:11:00.000Z',
            lookCount: 1,
            productOrder: {
              id: first.id,
              state: 'HELD',
              productCodeBefore: first.current,
              productCodeAfter: first.target,
              line: null,
              kosCalls: [
                { result: '회선 상태 조회: 정상' },
                { result: '상품 목록 조회: 정상' },
                { respondedAt: null, resultCode: null, result: '상품 변경 요청: 응답 없음 또는 확인 불가' },
                { result: '상품 변경 결과 조회: 응답 없음 또는 확인 불가' },
              ],
            },
          },
        },
        { node: { productOrder: { id: second.id } } },
      ],
    });
    const text = JSON.stringify(await askForHeld(product, { first: 10 }, oneOperator));
    for (const secret of [first.lineNumber, first.owner.customerId ?? '', second.owner.userId])
      expect(text).not.toContain(secret);
  });

  it('come page by page, and every look is on record: who, when, in which request, and what was shown', async () => {
    const held = [(await aHeldOrder(product, lost)).id, (await aHeldOrder(product, lost)).id];
    const page = fieldOf(await askForHeld(product, { first: 1 }, oneOperator), 'heldProductOrders');
    expect(page).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const after = /"endCursor":"([\w-]+)"/.exec(JSON.stringify(page))?.[1] ?? '';
    product.clock.advance(minuteMs);
    const rest = fieldOf(await askForHeld(product, { first: 1, after }, anotherOperator), 'heldProductOrders');
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect(await product.query('SELECT user_id, order_ids FROM operator_look ORDER BY looked_at')).toEqual([
      { user_id: 'one-operator', order_ids: [held[0]] },
      { user_id: 'another-operator', order_ids: [held[1]] },
    ]);
    const [row] = await product.query(`SELECT count(*)::int AS named FROM operator_look WHERE request_id <> ''`);
    expect(row).toEqual({ named: 2 });
    expect((await askForHeld(product, { first: 101 }, oneOperator)).errors).toMatchObject([
      { extensions: { code: 'INVALID_PAGE' } },
    ]);
  });

  it.each([
    ['a customer', tester, 'FORBIDDEN'],
    ['an analyst', { ...staff, role: 'ANALYST', scopes: [] } as const, 'FORBIDDEN'],
    ['an administrator', staff, 'FORBIDDEN'],
    ['nobody', null, 'UNAUTHENTICATED'],
  ])('are not for %s, who cannot settle one either', async (_, viewer, code) => {
    const { id } = await aHeldOrder(product, lost);
    const refused = [{ extensions: { code } }];
    expect((await askForHeld(product, { first: 1 }, { viewer })).errors).toMatchObject(refused);
    expect((await askForSettlement(product, onMyWord(id), { viewer })).errors).toMatchObject(refused);
    expect(await decisionsOf(product)).toEqual([]);
  });

  it('need nobody once KOS speaks again', async () => {
    const held = await aHeldOrder(product, unheard);
    product.clock.advance(15 * minuteMs);
    await product.reconcile();
    expect(await stateOf(product, held)).toBe('COMPLETED');
    const late = await settleOrder(product, onMyWord(held.id), oneOperator);
    expect(late).toMatchObject({ __typename: 'ProductOrderNotHeld', productOrder: { state: 'COMPLETED' } });
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId: held.lineId })).toMatchObject({ distinct: 1 });
  });
});

describe('What operators saw and decided', () => {
  it('stays on record for good, the evidence sealed', async () => {
    const { id } = await aHeldOrder(product, lost);
    await settleOrder(product, onMyWord(id), oneOperator);
    await askForHeld(product, { first: 1 }, oneOperator);
    const rewriting = [
      `UPDATE operator_decision SET user_id = 'somebody else'`,
      'DELETE FROM operator_decision',
      'TRUNCATE operator_decision',
      `UPDATE operator_look SET user_id = 'somebody else'`,
      'DELETE FROM operator_look',
      'TRUNCATE operator_look',
    ];
    for (const sql of rewriting) await expect(product.query(sql)).rejects.toThrow('are never changed');
    const kept = JSON.stringify(await product.query('SELECT * FROM operator_decision'));
    expect(kept).toContain('"sealed_evidence":"v1.k1.');
    expect(kept).not.toContain('4711');
  });

  it('is on record, or was neither shown nor decided', async () => {
    const held = await aHeldOrder(product, lost);
    await product.query(`
      CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE TRIGGER break BEFORE INSERT ON operator_decision FOR EACH ROW EXECUTE FUNCTION break();
      CREATE TRIGGER break BEFORE INSERT ON operator_look FOR EACH ROW EXECUTE FUNCTION break();`);
    expect((await askForSettlement(product, onMyWord(held.id), oneOperator)).errors).toHaveLength(1);
    expect((await askForHeld(product, { first: 1 }, oneOperator)).data).toEqual({ heldProductOrders: null });
    expect(await stateOf(product, held)).toBe('HELD');
    expect(await product.query('SELECT id FROM outbox_message')).toEqual([]);
    expect(await product.query(`SELECT state FROM order_step WHERE state = 'FAILED'`)).toEqual([]);
  });
});
