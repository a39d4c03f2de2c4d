import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';

import { aProductGraph, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { orderChange, readLine, readOrder } from './testing/asking.ts';

/** Short enough for a test to live through a KOS that does not answer. */
const impatient = { KOS_CHANGE_TIMEOUT_MS: '1500' };
const quarantineMs = 120_000;
const hourMs = 3_600_000;

let product: ProductGraph;
beforeEach(async () => {
  product = await aProductGraph();
});
afterEach(() => product.close());

const changesOf = (lineNumber: string) => product.kos.changes().filter((change) => change.lineNumber === lineNumber);

/** Lets time pass in such steps that every look that becomes due is made. */
async function pass(ms: number, stepMs = 10_000): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    product.clock.advance(stepMs);
    await product.reconcile();
  }
}

describe('A change whose outcome is not known', () => {
  it('is pending when KOS applied it and never answered, and found completed: once at KOS', async () => {
    await product.restart(impatient);
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', appliedButNeverAnswered: true }]);
    const order = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    expect(order).toMatchObject({
      __typename: 'ProductOrder',
      state: 'PENDING',
      message: '처리 결과를 확인 중입니다.',
      pollAfterMs: 5_000,
      completionDate: null,
      kosCalls: [{}, {}, { respondedAt: null, resultCode: null, isSuccess: false }],
    });

    const wish = { externalId: 'other', lineId, productOfferingId: 'PROD999' };
    expect(await orderChange(product, wish, { viewer })).toMatchObject({
      __typename: 'ProductChangeInProgress',
      code: 'CHANGE_IN_PROGRESS',
      productOrder: { id: order['id'], state: 'PENDING' },
    });

    await pass(10_000);
    expect(await readOrder(product, order['id'], { viewer })).toMatchObject({
      state: 'COMPLETED',
      kosCalls: [{}, {}, { isSuccess: false }, { resultCode: '0000', isSuccess: true }],
    });
    const { line } = await readLine(product, lineId, 'currentProduct { productCode version }', { viewer });
    expect(line).toEqual({ currentProduct: { productCode: target, version: 2 } });
    expect(changesOf(lineNumber)).toHaveLength(1);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId })).toMatchObject({ distinct: 1, results: [{ body: { result: '정상' } }] });
  });

  it('is believed lost only after the quarantine, when KOS still has no trace of it', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', reset: 'before', times: 1 }]);
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    const { id } = await orderChange(product, wish, { viewer });
    await pass(quarantineMs - 10_000);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'PENDING' });
    await pass(20_000);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'FAILED', pollAfterMs: null });
    expect(changesOf(lineNumber)).toEqual([]);

    expect(await orderChange(product, wish, { viewer })).toMatchObject({ id, state: 'FAILED' });
    const anew = { ...wish, externalId: 'anew' };
    expect(await orderChange(product, anew, { viewer })).toMatchObject({ state: 'COMPLETED' });
  });

  it('is completed when KOS applies it late', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', applyLateMs: 100_000 }]);
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await pass(90_000);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'PENDING' });
    await pass(60_000);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it.each([
    ['HTML', { malformed: 'html' }],
    ['half a body', { malformed: 'truncated' }],
    ['wrong types', { malformed: 'wrong-types' }],
    ['another line’s data', { malformed: 'other-line' }],
    ['a reset after applying it', { reset: 'after-apply' }],
  ] as const)('is found out when KOS answers with %s', async (_, fault) => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', times: 1, ...fault }]);
    const { id, state } = await orderChange(
      product,
      { externalId: 'k', lineId, productOfferingId: target },
      { viewer },
    );
    expect(state).toBe('PENDING');
    await pass(10_000);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it('stays pending after a failure of KOS’s own, until the quarantine shows that nothing came of it', async () => {
    const lineId = product.lineIdOf('01012345680');
    const wish = { externalId: 'k', lineId, productOfferingId: '5G-STANDARD-001' };
    const { id, state } = await orderChange(product, wish, { viewer: troubled });
    expect(state).toBe('PENDING');
    await pass(quarantineMs + 10_000);
    expect(await readOrder(product, id, { viewer: troubled })).toMatchObject({
      state: 'FAILED',
      message: '상품 변경에 실패하였습니다. 통신사에 요청이 접수되지 않았습니다.',
    });
  });

  it('is handed to an operator when KOS cannot be asked for a day, and nothing is guessed', async () => {
    await product.restart(impatient);
    const { lineId, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([
      { operation: 'product-change', hang: true, times: 1 },
      { operation: 'change-status', status: 503 },
    ]);
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await pass(23 * hourMs, hourMs);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'PENDING' });
    await pass(2 * hourMs, hourMs);
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'HELD', pollAfterMs: 60_000 });
    expect(product.log.some((line) => line.includes('needs an operator'))).toBe(true);
    expect(product.mvnoAp.results({ lineId }).distinct).toBe(0);
  });
});

describe('A change that is slow', () => {
  it('is answered in progress when the wait is over, and goes on', async () => {
    await product.close();
    product = await aProductGraph({ environment: { ORDER_WAIT_MS: '1500' } });
    const { lineId, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', latencyMs: 3_500 }]);
    const { id, state, pollAfterMs } = await orderChange(
      product,
      { externalId: 'k', lineId, productOfferingId: target },
      { viewer },
    );
    expect({ state, pollAfterMs }).toEqual({ state: 'IN_PROGRESS', pollAfterMs: 1_000 });
    await eventually(async () => (await readOrder(product, id, { viewer }))?.['state'] === 'COMPLETED');
  });

  it('is answered in time for whoever asks with a deadline', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', hang: true }]);
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    expect(await orderChange(product, wish, { viewer, withinMs: 1_700 })).toMatchObject({ state: 'IN_PROGRESS' });
    await product.kos.stopListening();
  });

  it('is finished before the service stops', async () => {
    await product.close();
    product = await aProductGraph({ environment: { ORDER_WAIT_MS: '600' } });
    const { lineId, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', latencyMs: 2_000 }]);
    const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await product.restart();
    expect(await readOrder(product, id, { viewer })).toMatchObject({ state: 'COMPLETED' });
    await eventually(() => product.mvnoAp.results({ lineId }).distinct === 1);
  });
});

describe('A process that dies', () => {
  /** Puts an order back to where a kill -9 would have left it. */
  async function leaveBehind(id: unknown, state: 'REQUESTED' | 'SENT') {
    await product.query(
      `UPDATE product_order SET state = $2::order_state, due_at = sent_at, settled_at = NULL, effective_date = NULL,
         sent_at = CASE WHEN $2 = 'SENT' THEN sent_at END
       WHERE id = $1`,
      [id, state],
    );
    await product.query(`DELETE FROM outbox_message WHERE id LIKE '%' || $1`, [id]);
    await product.query(
      `UPDATE kos_call SET outcome = 'PENDING', responded_at = NULL WHERE subject_id = $1 AND operation = 'CHANGE'`,
      [id],
    );
  }

  it('after sending: the next one asks KOS and never sends again', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    const { id } = await orderChange(product, wish, { viewer });
    await leaveBehind(id, 'SENT');
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ id, state: 'IN_PROGRESS' });
    await product.restart();
    await eventually(async () => (await readOrder(product, id, { viewer }))?.['state'] === 'COMPLETED');
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it('before sending: the order fails, nothing was changed, and the key may be used again', async () => {
    const { lineId, lineNumber, owner: viewer, current, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', reset: 'before', times: 1 }]);
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    const { id } = await orderChange(product, wish, { viewer });
    await leaveBehind(id, 'REQUESTED');
    await product.restart();
    await eventually(async () => (await readOrder(product, id, { viewer }))?.['state'] === 'FAILED');
    expect(changesOf(lineNumber)).toEqual([]);

    const again = await orderChange(product, wish, { viewer });
    expect(again).toMatchObject({ state: 'COMPLETED', productCodeBefore: current });
    expect(again['id']).not.toBe(id);
  });
});

describe('KOS that cannot be reached', () => {
  it('refuses the change in a typed way before an order exists, and a retry with the same key works', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'id', { viewer });
    await product.kos.stopListening();
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    const refusal = await orderChange(product, wish, { viewer });
    expect(refusal).toMatchObject({
      __typename: 'BackendUnavailable',
      code: 'KOS_UNAVAILABLE',
      message: '일시적으로 서비스 이용이 어렵습니다',
    });
    const requests = await product.query('SELECT refusal, order_id FROM change_request WHERE line_id = $1', [lineId]);
    expect(requests).toEqual([{ refusal: 'UNAVAILABLE', order_id: null }]);
    await product.kos.resume();
    product.clock.advance(Number(refusal['retryAfterMs']));
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it('refuses it as well when only the change itself certainly never left; the order failed and holds no key', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    // Five changes that hang open the circuit of changes; everything else at KOS goes on.
    product.kos.faults.replace([{ operation: 'product-change', status: 503 }]);
    for (let failed = 0; failed < 5; failed += 1) {
      const victim = product.aLine();
      const wish = { externalId: 'k', lineId: victim.lineId, productOfferingId: victim.target };
      await orderChange(product, wish, { viewer: victim.owner });
    }
    const wish = { externalId: 'k', lineId, productOfferingId: target };
    const answer = await orderChange(product, wish, { viewer });
    expect(answer).toMatchObject({ __typename: 'BackendUnavailable', code: 'KOS_UNAVAILABLE' });
    expect(Number(answer['retryAfterMs'])).toBeGreaterThan(1_000);
    const { line } = await readLine(product, lineId, 'productOrders { edges { node { state message } } }', { viewer });
    expect(line).toMatchObject({ productOrders: { edges: [{ node: { state: 'FAILED' } }] } });
    expect(await product.query('SELECT is_key_held FROM product_order WHERE line_id = $1', [lineId])).toEqual([
      { is_key_held: false },
    ]);
  });

  it.each([
    ['our own quota', { environment: { KOS_CALLS_PER_MINUTE: '4', REDIS_URL: '' } }],
    ['KOS’s own count', { kos: { callsPerMinute: 3 } }],
  ])('is told as busy when a call is too much for %s, with the time to come back', async (_, setting) => {
    await product.close();
    product = await aProductGraph(setting);
    const { lineId, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'currentProduct { version }', { viewer });
    const answer = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    expect(answer).toMatchObject({ __typename: 'BackendUnavailable', code: 'KOS_BUSY' });
    expect(Number(answer['retryAfterMs'])).toBeGreaterThan(10_000);
  });
});

describe('The MVNO AP server', () => {
  it('hears every result once it is back, in order, however long it was away', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    await product.mvnoAp.stopListening();
    await orderChange(product, { externalId: 'one', lineId, productOfferingId: target }, { viewer });
    await orderChange(product, { externalId: 'two', lineId, productOfferingId: 'PROD999' }, { viewer });
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await product.tellResults();
      product.clock.advance(hourMs);
    }
    await product.mvnoAp.resume();
    // The circuit of the AP server is open for up to 30 s of real time, for all who share a Redis; alone, it starts closed.
    await product.restart({ REDIS_URL: '' });
    product.clock.advance(hourMs);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId }).results).toMatchObject([
      { deliveries: 1, body: { productCodeAfter: target, result: '정상' } },
      { deliveries: 1, body: { productCodeAfter: 'PROD999', result: '정상' } },
    ]);
  });

  it('may hear a result twice, but as the same event', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    product.mvnoAp.faults.replace([{ type: 'product-change', status: 503, isReceived: true, times: 1 }]);
    await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await product.tellResults();
    product.clock.advance(hourMs);
    await product.tellResults();
    expect(product.mvnoAp.results({ lineId })).toMatchObject({ distinct: 1, deliveries: 2 });
  });
});
