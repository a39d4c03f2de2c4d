import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@supergraph/database/testing/eventually';
import { createLogger } from '@supergraph/platform/telemetry';
import { z } from 'zod';

import { composeProduct, type Product } from './compose.ts';
import { readProductConfig } from './config.ts';
import { aProductGraph, sampler, tester, type ProductGraph } from './testing/a-product-graph.ts';
import { fieldOf, orderChange, readLine } from './testing/asking.ts';

let product: ProductGraph;
beforeEach(async () => {
  product = await aProductGraph();
});
afterEach(() => product.close());

const answer = z.object({
  currentProduct: z.object({
    productCode: z.string(),
    version: z.number(),
    freshness: z.object({ stale: z.boolean(), source: z.string() }),
  }),
});
const fields = 'currentProduct { productCode version freshness { stale source } }';

const currentProductOf = async (lineId: string, asking: Parameters<typeof readLine>[3]) =>
  answer.parse((await readLine(product, lineId, fields, asking)).line).currentProduct;

const catalogue = () => product.ask('{ productOfferings(first: 100) { totalCount freshness { stale source } } }');

describe('Two instances over one Redis', () => {
  let other: Product;
  let otherUrl: string;
  beforeEach(async () => {
    other = await composeProduct(readProductConfig(product.environment), {
      clock: product.clock,
      log: createLogger({ service: 'product', level: 'silent' }),
    });
    otherUrl = await other.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => other.close());

  it('neither shows a plan from before a change that the other one has acknowledged', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { lineId, owner: viewer, current, target } = product.aLine();
      const [here, there] = [{ viewer }, { viewer, process: otherUrl }];
      for (const asking of [there, here, there])
        expect(await currentProductOf(lineId, asking)).toMatchObject({ productCode: current, version: 1 });
      const wish = { externalId: `change-${round}`, lineId, productOfferingId: target };
      expect(await orderChange(product, wish, here)).toMatchObject({ state: 'COMPLETED' });
      for (const asking of [there, here])
        expect(await currentProductOf(lineId, asking)).toMatchObject({ productCode: target, version: 2 });
    }
  });
});

describe('What is kept', () => {
  it('is of use under its own name only: put in another’s place it is as if there were nothing', async () => {
    const [testers, samplers] = [product.lineIdOf('01012345678'), product.lineIdOf('01087654321')];
    const own = await currentProductOf(testers, { viewer: tester });
    const others = await currentProductOf(samplers, { viewer: sampler });
    expect(own.productCode).not.toBe(others.productCode);
    await product.query(
      `UPDATE kept_answer SET sealed_answer = another.sealed_answer FROM kept_answer another
       WHERE kept_answer.question LIKE 'standing:%' AND another.question LIKE 'standing:%'
         AND kept_answer.question <> another.question`,
    );
    await product.restart({ CACHE_PREFIX: `${product.environment.CACHE_PREFIX}:of-another-version` });
    const before = product.kos.callCount().total;
    expect(await currentProductOf(testers, { viewer: tester })).toMatchObject({ productCode: own.productCode });
    expect(await currentProductOf(samplers, { viewer: sampler })).toMatchObject({ productCode: others.productCode });
    expect(product.kos.callCount().total - before).toBe(2);
  });
});

describe('The catalogue', () => {
  const asked = () => product.kos.calls().filter(({ operation }) => operation === 'products').length;

  it('is at hand before anybody asks, and never old for a reader while KOS is well', async () => {
    await product.restart({ CATALOGUE_CHECK_MS: '20' });
    await eventually(() => asked() === 1);
    for (let day = 1; day <= 3; day += 1) {
      product.clock.advance(20 * 3_600_000);
      await eventually(() => asked() === 1 + day);
      await eventually(
        async () =>
          (await product.query('SELECT 1 FROM kept_answer WHERE fetched_at >= $1', [product.clock.now()])).length > 0,
      );
      product.clock.advance(5 * 3_600_000 - 1);
      const { freshness } = fieldOf(await catalogue(), 'productOfferings');
      expect(freshness).toEqual({ stale: false, source: 'CACHE' });
      product.clock.advance(-5 * 3_600_000 + 1);
    }
  });

  it('is old, and says so, while KOS is away, and new soon after it is back', async () => {
    await product.restart({ CATALOGUE_CHECK_MS: '20' });
    expect(fieldOf(await catalogue(), 'productOfferings')).toMatchObject({ freshness: { stale: false } });
    await product.kos.stopListening();
    product.clock.advance(25 * 3_600_000);
    expect(fieldOf(await catalogue(), 'productOfferings')).toMatchObject({ freshness: { stale: true } });
    await product.kos.resume();
    await eventually(async () => {
      product.clock.advance(1_000);
      return JSON.stringify(await catalogue()).includes('"stale":false');
    });
  });
});
