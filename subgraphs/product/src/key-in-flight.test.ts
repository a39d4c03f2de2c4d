import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { aProductGraph, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { aProductProcess } from './testing/a-product-process.ts';
import { askForChange, orderChange, readLine, readOrder } from './testing/asking.ts';

type Process = Awaited<ReturnType<typeof aProductProcess>>;

const startingMs = 60_000;
const secondMs = 1_000;

let product: ProductGraph;
let other: Process;
beforeAll(async () => {
  // The other process lives in real time, so the test begins there.
  product = await aProductGraph({ now: new Date().toISOString() });
  other = await aProductProcess(product.environment);
}, startingMs);
beforeEach(() => {
  // Whose word the other process takes must not be older than a minute.
  product.clock.set(new Date().toISOString());
});
afterEach(() => {
  product.kos.faults.clear();
});
afterAll(async () => {
  await other.kill();
  await product.close();
});

const changesOf = (lineNumber: string) => product.kos.changes().filter((change) => change.lineNumber === lineNumber);
const ordersOf = (lineId: string) => product.query('SELECT id, state FROM product_order WHERE line_id = $1', [lineId]);

describe('An idempotency key in the hands of two processes', () => {
  it('names one order when both are asked at once, and KOS hears of it once', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'at once', lineId, productOfferingId: target };
    await readLine(product, lineId, 'id', { viewer, process: other.url });
    // Both have looked at the line before either has written anything.
    product.kos.faults.replace([{ operation: 'line-status', latencyMs: 300 }]);
    const answers = await Promise.all(
      [{}, { process: other.url }, {}, { process: other.url }].map((where) =>
        orderChange(product, wish, { viewer, ...where }),
      ),
    );
    expect(answers.map(({ __typename }) => __typename)).toEqual(Array(4).fill('ProductOrder'));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await ordersOf(lineId)).toHaveLength(1);
    await eventually(async () => (await ordersOf(lineId))[0]?.['state'] === 'COMPLETED');
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it('answers in the one what is under way in the other, and is refused for another wish', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'under way', lineId, productOfferingId: target };
    await readLine(product, lineId, 'id', { viewer });
    product.kos.faults.replace([{ operation: 'product-change', latencyMs: 3 * secondMs }]);
    const first = orderChange(product, wish, { viewer, process: other.url });
    await eventually(async () => (await ordersOf(lineId))[0]?.['state'] === 'SENT');

    const [order] = await ordersOf(lineId);
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ id: order?.['id'], state: 'IN_PROGRESS' });
    const another = { ...wish, requestedStart: 'NEXT_MONTH' as const };
    expect((await askForChange(product, another, { viewer })).errors).toMatchObject([
      { extensions: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    ]);
    expect((await first)['id']).toBe(order?.['id']);
    await eventually(async () => (await ordersOf(lineId))[0]?.['state'] === 'COMPLETED');
    expect(changesOf(lineNumber)).toHaveLength(1);
  });

  it('is good for one line only, also when two are asked for at once', async () => {
    const lines = ['01012345679', '01012345682'].map(product.lineIdOf);
    product.kos.faults.replace([{ operation: 'line-status', latencyMs: 300 }]);
    const answers = await Promise.all(
      lines.map((lineId, index) =>
        askForChange(
          product,
          { externalId: 'one of two', lineId, productOfferingId: 'LTE-BASIC-001' },
          { viewer: troubled, ...(index === 1 && { process: other.url }) },
        ),
      ),
    );
    const refusals = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    expect(refusals).toHaveLength(1);
    expect(['IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED']).toContain(refusals[0]);
    expect([...(await ordersOf(lines[0] ?? '')), ...(await ordersOf(lines[1] ?? ''))]).toHaveLength(1);
  });

  it(
    'is free again within 90 seconds after the process that held it was killed before it sent anything',
    async () => {
      const { lineId, lineNumber, owner: viewer, target } = product.aLine();
      const wish = { externalId: 'orphan', lineId, productOfferingId: target };
      await readLine(product, lineId, 'id', { viewer });
      // The order is committed; that it is SENT cannot be yet.
      await product.query(`
        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NEW; END $$;
        CREATE TRIGGER linger BEFORE UPDATE ON product_order FOR EACH ROW EXECUTE FUNCTION linger();`);
      const doomed = await aProductProcess(product.environment);
      const answer = askForChange(product, wish, { viewer, process: doomed.url }).catch(() => null);
      await eventually(async () => (await ordersOf(lineId)).length > 0);
      await doomed.kill();
      expect(await answer).toBeNull();
      await product.query('DROP TRIGGER linger ON product_order');

      const [orphan] = await ordersOf(lineId);
      expect(orphan).toMatchObject({ state: 'REQUESTED' });
      expect(await orderChange(product, wish, { viewer })).toMatchObject({ id: orphan?.['id'], state: 'ACKNOWLEDGED' });
      product.clock.set(new Date(Date.now() + 89 * secondMs).toISOString());
      await product.reconcile();
      expect(await readOrder(product, orphan?.['id'], { viewer })).toMatchObject({ state: 'FAILED' });
      const anew = await orderChange(product, wish, { viewer });
      expect(anew).toMatchObject({ state: 'COMPLETED' });
      expect(anew['id']).not.toBe(orphan?.['id']);
      expect(changesOf(lineNumber)).toHaveLength(1);
    },
    startingMs,
  );
});
