import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';
import { createLogger } from '@supergraph/platform/telemetry';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';

import { composeProduct, type Product } from './compose.ts';
import { readProductConfig } from './config.ts';
import { aProductGraph, type ProductGraph } from './testing/a-product-graph.ts';
import { orderChange, readOrder } from './testing/asking.ts';

const skewMs = 5 * MINUTE_MS;
const log = createLogger({ service: 'product', level: 'silent' });

let product: ProductGraph;
let opened: Product[];
beforeEach(async () => {
  product = await aProductGraph();
  opened = [];
});
afterEach(async () => {
  for (const each of opened) await each.close();
  await product.close();
});

/** Another instance over the same database, whose machine's clock is off by as much as `skew` says. */
async function anotherInstance(skew: { readonly ms: number }, sharedClock?: Clock): Promise<Product> {
  const clock = { now: () => new Date(product.clock.now().getTime() + skew.ms) };
  const config = readProductConfig(product.environment);
  const other = await composeProduct(config, { clock, log, ...(sharedClock && { sharedClock }) });
  opened.push(other);
  await other.listen({ host: '127.0.0.1', port: 0 });
  return other;
}

async function order(withinMs?: number) {
  const { lineId, lineNumber, owner: viewer, target } = product.aLine();
  const asking = { viewer, ...(withinMs !== undefined && { withinMs }) };
  const { id } = await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, asking);
  return {
    state: async () => (await readOrder(product, id, { viewer }))?.['state'],
    changes: () => product.kos.changes().filter((change) => change.lineNumber === lineNumber),
  };
}

/** An order that KOS takes its time for. */
async function orderUnderWay() {
  product.kos.faults.replace([{ operation: 'product-change', latencyMs: 3 * SECOND_MS }]);
  const ordered = await order(300);
  await eventually(async () => (await ordered.state()) === 'IN_PROGRESS');
  return ordered;
}

describe('An order that one instance sent, looked after by another whose own clock differs', () => {
  it.each([
    ['ahead', skewMs],
    ['behind', -skewMs],
  ])('is never failed while KOS may still apply it: five minutes %s', async (_, ms) => {
    const other = await anotherInstance({ ms }, product.clock);
    product.kos.faults.replace([{ operation: 'product-change', applyLateMs: 100 * SECOND_MS }]);
    const { state, changes } = await order();
    for (let passedMs = 0; passedMs < 90 * SECOND_MS; passedMs += 10 * SECOND_MS) {
      await other.reconcile();
      expect(await state()).toBe('PENDING');
      product.clock.advance(10 * SECOND_MS);
    }
    product.clock.advance(MINUTE_MS);
    await other.reconcile();
    expect(await state()).toBe('COMPLETED');
    expect(changes()).toHaveLength(1);
  });

  it('is never failed by one whose clock jumps meanwhile', async () => {
    const skew = { ms: 0 };
    const other = await anotherInstance(skew, product.clock);
    product.kos.faults.replace([{ operation: 'product-change', applyLateMs: 100 * SECOND_MS }]);
    const { state } = await order();
    for (const ms of [0, skewMs, -skewMs, 2 * skewMs]) {
      product.clock.advance(20 * SECOND_MS);
      skew.ms = ms;
      await other.reconcile();
      expect(await state()).toBe('PENDING');
    }
    product.clock.advance(MINUTE_MS);
    await other.reconcile();
    expect(await state()).toBe('COMPLETED');
  });

  it('is left alone while it is being sent', async () => {
    const other = await anotherInstance({ ms: skewMs }, product.clock);
    const { state, changes } = await orderUnderWay();
    await other.reconcile();
    expect(await state()).toBe('IN_PROGRESS');
    await eventually(async () => (await state()) === 'COMPLETED');
    expect(changes()).toHaveLength(1);
  });

  it('is cried out about when it was told as failed and KOS accepts it after all', async () => {
    // nothing is shared here, so the other one believes that the quarantine is over
    const other = await anotherInstance({ ms: skewMs });
    const { state, changes } = await orderUnderWay();
    await other.reconcile();
    expect(await state()).toBe('FAILED');
    await eventually(() => product.log.some((line) => line.includes('KOS accepted an order that was told as failed')));
    expect(changes()).toHaveLength(1);
    const alarms = product.log.filter((line) => line.includes('told as failed'));
    expect(alarms).toEqual([expect.stringContaining('"level":50')]);
  });
});
