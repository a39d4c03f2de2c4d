import { aTestRabbit } from '@supergraph/database/testing';
import { eventually } from '@supergraph/database/testing/eventually';
import { afterEach, describe, expect, it } from '@jest/globals';

import { aProductGraph, type ProductGraph, type Setting } from './testing/a-product-graph.ts';
import { aProductProcess } from './testing/a-product-process.ts';
import { orderChange, readLine } from './testing/asking.ts';

const minuteMs = 60_000;

let product: ProductGraph;
afterEach(() => product.close());
const begin = async (setting?: Setting) => {
  product = await aProductGraph(setting);
};

type Line = ReturnType<ProductGraph['aLine']>;
const change = async ({ lineId, owner: viewer }: Line, productOfferingId: string, process?: string) => {
  product.clock.advance(1);
  const wish = { externalId: `to ${productOfferingId}`, lineId, productOfferingId };
  const order = await orderChange(product, wish, { viewer, ...(process !== undefined && { process }) });
  expect(order).toMatchObject({ state: 'COMPLETED' });
  return order['id'];
};
const told = ({ lineId }: Line) => product.mvnoAp.results({ lineId });
const noticesOf = ({ lineId }: Line) =>
  product.query(
    `SELECT order_id FROM customer_notice JOIN product_order ON product_order.id = order_id
     WHERE line_id = $1 ORDER BY customer_notice.sent_at, requested_at, product_order.id`,
    [lineId],
  );
const inboxOf = (consumer: string) =>
  product.query(
    `SELECT payload::json->>'id' AS order_id, attempts, settled_at IS NOT NULL AS is_settled, set_aside_reason
     FROM inbox_message WHERE consumer = $1 ORDER BY sequence`,
    [consumer],
  );

describe('A result that the MVNO AP server refuses', () => {
  it('is set aside after five tries, for all to see; the next of its line goes on, and the customer is told', async () => {
    await begin();
    const line = product.aLine();
    product.mvnoAp.faults.replace([{ type: 'product-change', status: 400, times: 5 }]);
    const refused = await change(line, line.target);
    const next = await change(line, 'PROD999');
    await eventually(async () => {
      product.clock.advance(minuteMs);
      await product.tellResults();
      return told(line).distinct > 0;
    });
    expect(told(line).results).toMatchObject([{ deliveries: 1, body: { productOrderId: next } }]);
    expect(await inboxOf('mvno-ap')).toEqual([
      {
        order_id: refused,
        attempts: 5,
        is_settled: true,
        set_aside_reason: 'DeliveryRefused: The MVNO AP server answered a message with status 400',
      },
      { order_id: next, attempts: 0, is_settled: true, set_aside_reason: null },
    ]);
    expect(product.log.join('')).toContain('message set aside');
    expect(await noticesOf(line)).toEqual([{ order_id: refused }, { order_id: next }]);
  });
});

describe('An effect whose acknowledgement got lost', () => {
  it('is not doubled when the process was killed in between', async () => {
    await begin({ now: new Date().toISOString() });
    const line = product.aLine();
    await readLine(product, line.lineId, 'id', { viewer: line.owner });
    product.mvnoAp.faults.replace([{ type: 'product-change', instead: 'hang', isReceived: true, times: 1 }]);
    // What the other process writes is due in its time, which is later than the clock of the test's own.
    const other = await aProductProcess(product.environment);
    const id = await change(line, line.target, other.url);
    await eventually(() => told(line).deliveries === 1);
    await other.kill();
    expect(await inboxOf('mvno-ap')).toMatchObject([{ order_id: id, is_settled: false }]);

    product.clock.set(new Date(Date.now() + minuteMs).toISOString());
    await product.tellResults();
    expect(told(line)).toMatchObject({ distinct: 1, deliveries: 2 });
    expect(await inboxOf('mvno-ap')).toMatchObject([{ order_id: id, is_settled: true, attempts: 0 }]);
    expect(await noticesOf(line)).toEqual([{ order_id: id }]);
  });

  it('is not doubled when the handler runs once more', async () => {
    await begin();
    const line = product.aLine();
    const id = await change(line, line.target);
    await product.tellResults();
    await product.query('UPDATE inbox_message SET settled_at = NULL');
    product.clock.advance(minuteMs);
    await product.tellResults();
    expect(told(line)).toMatchObject({ distinct: 1, deliveries: 2 });
    expect(await noticesOf(line)).toEqual([{ order_id: id }]);
  });
});

describe('A message that comes again', () => {
  it('has no effect at all', async () => {
    await begin();
    const line = product.aLine();
    const ids = [await change(line, line.target), await change(line, 'PROD999')];
    await product.tellResults();
    const before = [told(line), await noticesOf(line), await inboxOf('mvno-ap'), await inboxOf('customer-notice')];
    // As if nobody had heard that they were published.
    await product.query('UPDATE outbox_message SET settled_at = NULL');
    product.clock.advance(minuteMs);
    await product.tellResults();
    expect(await product.query('SELECT id FROM outbox_message WHERE settled_at IS NULL')).toEqual([]);
    expect([told(line), await noticesOf(line), await inboxOf('mvno-ap'), await inboxOf('customer-notice')]).toEqual(
      before,
    );
    expect(told(line)).toMatchObject({ distinct: ids.length, deliveries: ids.length });
  });
});

describe('RabbitMQ', () => {
  it('brings results to everybody they concern', async () => {
    const rabbit = await aTestRabbit();
    await begin({ environment: { AMQP_URL: rabbit.url } });
    try {
      const line = product.aLine();
      const ids = [await change(line, line.target), await change(line, 'PROD999')];
      await eventually(async () => {
        // What could not be brought at once is tried again.
        product.clock.advance(1_000);
        return told(line).distinct === 2 && (await noticesOf(line)).length === 2;
      });
      expect(told(line).results.map(({ body }) => body['productOrderId'])).toEqual(ids);
      expect(await noticesOf(line)).toEqual(ids.map((order_id) => ({ order_id })));
    } finally {
      await product.restart({ AMQP_URL: 'amqp://127.0.0.1:1' });
      await rabbit.stop();
    }
  });

  it('may be away: changes are made, the service is ready, and results wait for it', async () => {
    await begin({ environment: { AMQP_URL: 'amqp://127.0.0.1:1' } });
    const line = product.aLine();
    const id = await change(line, line.target);
    await eventually(() => product.log.join('').includes('RabbitMQ is out of reach'));
    expect(await product.readiness()).toBe(200);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await product.tellResults();
      product.clock.advance(minuteMs);
    }
    expect(await product.query('SELECT attempts, settled_at, set_aside_reason FROM outbox_message')).toEqual([
      { attempts: 0, settled_at: null, set_aside_reason: null },
    ]);
    expect(told(line).distinct).toBe(0);

    await product.restartWithout('AMQP_URL');
    await product.tellResults();
    expect(told(line).results).toMatchObject([{ body: { productOrderId: id } }]);
  });
});
