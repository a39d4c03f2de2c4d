import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createLocalQuota } from '@supergraph/platform/resilience';

import { calendarDay } from '../domain/calendar.ts';
import type { OrderIn } from '../domain/product-order.ts';
import { aProductGraph, sampler, type ProductGraph } from '../testing/a-product-graph.ts';
import { checkChange, orderChange, readLine } from '../testing/asking.ts';
import { SUBJECT_REST_MS } from './kos-policy.ts';
import { openKos } from './open-kos.ts';

const plan = 'currentProduct { productCode }';

describe('One customer’s line that KOS fails at whenever it is asked', () => {
  let product: ProductGraph;
  beforeEach(async () => {
    product = await aProductGraph();
    product.kos.faults.replace([{ operation: 'line-status', lineNumber: '01012345678', status: 500 }]);
  });
  afterEach(() => product.close());

  const failing = () => product.lineIdOf('01012345678');
  const poll = () => readLine(product, failing(), plan);
  const wish = () => ({ lineId: failing(), productOfferingId: '5G-STANDARD-001' });
  const asked = () => product.kos.calls().filter(({ operation }) => operation === 'line-status').length;

  it('is asked about once in a while, however often it is looked at, and others are answered', async () => {
    for (let polled = 0; polled < 20; polled += 1) {
      expect((await poll()).errors).toMatchObject([{ extensions: { code: 'KOS_UNAVAILABLE' } }]);
      product.clock.advance(500);
    }
    expect(asked()).toBe(1);
    const { line } = await readLine(product, product.lineIdOf('01087654321'), plan, { viewer: sampler });
    expect(line).toEqual({ currentProduct: { productCode: '5G-STANDARD-001' } });
    const { lineId, owner: viewer, target } = product.aLine();
    const order = { externalId: 'k', lineId, productOfferingId: target };
    expect(await orderChange(product, order, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(product.log.join('')).not.toContain('circuit opened');
  });

  it('may still be decided about, and be tried once more, before that rests as well', async () => {
    await poll();
    const told = [];
    for (let tried = 0; tried < 4; tried += 1) told.push((await checkChange(product, wish()))['retryAfterMs']);
    expect(told).toEqual([1_000, SUBJECT_REST_MS, SUBJECT_REST_MS, SUBJECT_REST_MS]);
    expect(asked()).toBe(3);
    product.kos.faults.clear();
    product.clock.advance(SUBJECT_REST_MS);
    expect(await checkChange(product, wish())).toMatchObject({ __typename: 'ProductOfferingQualification' });
  });

  it('may have a change sent and looked for in the books of KOS while it rests', async () => {
    const kos = openKos({
      url: product.environment.KOS_URL,
      timeouts: { readTimeoutMs: 3_000, changeTimeoutMs: 5_000 },
      quota: createLocalQuota({ limit: 1_000, windowMs: 60_000 }),
      clock: product.clock,
      events: { unusable: () => undefined },
    });
    const line = { lineId: failing(), customerId: 'CUST001', lineNumber: '01012345678', productVersion: 1 };
    const order: OrderIn<'SENT'> = {
      id: 'po_1',
      externalId: 'k',
      userId: 'user',
      customerId: 'CUST001',
      lineId: failing(),
      productCodeBefore: '5G-PREMIUM-001',
      productCodeAfter: '5G-STANDARD-001',
      requestedAt: product.clock.now(),
      requestedDate: calendarDay('2026-09-15'),
      state: { kind: 'SENT', sentAt: product.clock.now() },
    };
    for (const outcome of ['UNCLEAR', 'UNCLEAR', 'NOT_SENT'])
      expect(await kos.standing(line, 'change')).toMatchObject({ kind: 'unavailable', call: { outcome } });
    expect(await kos.change(order, line, new Date(product.clock.now().getTime() + 5_000))).toMatchObject({
      kind: 'accepted',
    });
    expect(await kos.look(order, line.lineNumber, 'background')).toMatchObject({ record: { kind: 'accepted' } });
    await kos.close();
  });
});
