import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aProductGraph, type ProductGraph } from './testing/a-product-graph.ts';
import { aProductProcess } from './testing/a-product-process.ts';
import { askForChange, orderChange, readLine } from './testing/asking.ts';

const hourMs = 3_600_000;

let product: ProductGraph;
beforeAll(async () => {
  // The other processes live in real time, so the test begins there.
  product = await aProductGraph({ now: new Date().toISOString() });
});
afterAll(() => product.close());

const changesOf = (lineNumber: string) => product.kos.changes().filter((change) => change.lineNumber === lineNumber);
const stateOf = async (lineId: string) => {
  const [row] = await product.query('SELECT state FROM product_order WHERE line_id = $1', [lineId]);
  return row?.['state'];
};

describe('A process killed while it makes a change', () => {
  it.each([
    [
      'while KOS works on it',
      { latencyMs: 1_000 },
      () => product.kos.calls().some(({ operation }) => operation === 'product-change'),
    ],
    ['when KOS has applied it', { appliedButNeverAnswered: true }, (number: string) => changesOf(number).length > 0],
  ])('leaves nothing that is not found out: %s', async (moment, fault, isMoment) => {
    product.kos.faults.replace([{ operation: 'product-change', ...fault }]);
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const other = await aProductProcess(product.environment);
    await readLine(product, lineId, 'id', { viewer, process: other.url });
    const wish = { externalId: moment, lineId, productOfferingId: target };
    const answer = askForChange(product, wish, { viewer, process: other.url }).catch(() => null);
    await eventually(() => isMoment(lineNumber));
    await other.kill();
    expect(await answer).toBeNull();
    expect(await stateOf(lineId)).toBe('SENT');
    await eventually(() => changesOf(lineNumber).length > 0);

    product.kos.faults.clear();
    product.clock.advance(hourMs);
    await product.reconcile();
    expect(await stateOf(lineId)).toBe('COMPLETED');
    // The client tries again with the key it kept, and hears that its wish is fulfilled.
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ state: 'COMPLETED' });
    expect(changesOf(lineNumber)).toHaveLength(1);
  });
});
