import { afterEach, describe, expect, it } from '@jest/globals';

import { aProductGraph, sampler, type ProductGraph } from '../testing/a-product-graph.ts';
import { readLine } from '../testing/asking.ts';

let product: ProductGraph;
afterEach(() => product.close());

describe('KOS that says it was asked too often', () => {
  it('is not asked again before the time it named, and answers from then on', async () => {
    product = await aProductGraph({ kos: { callsPerMinute: 3 } });
    const asked = () => product.kos.callCount().total;
    const plan = 'currentProduct { productCode }';
    const look = () => readLine(product, product.lineIdOf('01087654321'), plan, { viewer: sampler });
    const busy = [{ extensions: { code: 'KOS_BUSY' } }];
    await readLine(product, product.lineIdOf('01012345678'), plan);
    expect((await look()).errors).toMatchObject(busy);
    const before = asked();
    for (let looked = 0; looked < 3; looked += 1) expect((await look()).errors).toMatchObject(busy);
    expect(asked()).toBe(before);
    product.clock.advance(60_000);
    expect((await look()).line).toEqual({ currentProduct: { productCode: '5G-STANDARD-001' } });
  });
});
