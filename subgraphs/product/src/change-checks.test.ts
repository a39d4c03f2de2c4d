import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@supergraph/platform/telemetry';

import { composeProduct } from './compose.ts';
import { readProductConfig } from './config.ts';
import { aProductGraph, type ProductGraph } from './testing/a-product-graph.ts';
import { askForChange, checkChange, orderChange } from './testing/asking.ts';

/** Without Redis the minute is the test's own. */
const sixAMinute = { CHANGE_CHECKS_PER_MINUTE: '6', REDIS_URL: '' };
/** Every change needs the password. */
const withPassword = { STEP_UP_MONTHLY_FEE_DIFFERENCE_WON: '1' };

let product: ProductGraph;
afterEach(() => product.close());

type Line = ReturnType<ProductGraph['aLine']>;

const wishOf = ({ lineId, target }: Line, externalId: string) => ({ externalId, lineId, productOfferingId: target });

async function expectRefused(line: Line, externalId: string) {
  const { errors } = await askForChange(product, wishOf(line, externalId), { viewer: line.owner });
  expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 10_000 } }]);
}

describe('A customer who has changes looked at again and again', () => {
  it('spends six looks at KOS a minute and no more, and nobody else’s', async () => {
    product = await aProductGraph({ environment: { ...sixAMinute, ...withPassword } });
    const line = product.aLine();
    const { owner: viewer } = line;
    for (let asked = 0; asked < 6; asked += 1)
      expect(await orderChange(product, wishOf(line, `wish-${asked}`), { viewer })).toMatchObject({
        __typename: 'StepUpRequired',
      });
    const spent = product.kos.callCount().total;
    for (let asked = 0; asked < 20; asked += 1) await expectRefused(line, `more-${asked}`);
    expect(product.kos.callCount().total).toBe(spent);

    const another = product.aLine();
    expect(await orderChange(product, wishOf(another, 'k'), { viewer: another.owner })).toMatchObject({
      __typename: 'StepUpRequired',
    });
    product.clock.advance(10_000);
    expect(await orderChange(product, wishOf(line, 'later'), { viewer })).toMatchObject({
      __typename: 'StepUpRequired',
    });
    await expectRefused(line, 'too soon');
  });

  it('is counted for pre-checks as well', async () => {
    product = await aProductGraph({ environment: sixAMinute });
    const line = product.aLine();
    const input = { lineId: line.lineId, productOfferingId: line.target };
    for (let asked = 0; asked < 6; asked += 1) await checkChange(product, input, { viewer: line.owner });
    await expect(checkChange(product, input, { viewer: line.owner })).rejects.toThrow('RATE_LIMITED');
    await expectRefused(line, 'k');
  });

  it('may ask for an order it has made as often as it likes', async () => {
    product = await aProductGraph({ environment: sixAMinute });
    const line = product.aLine();
    const { owner: viewer } = line;
    const first = await orderChange(product, wishOf(line, 'k'), { viewer });
    for (let asked = 0; asked < 10; asked += 1)
      expect(await orderChange(product, wishOf(line, 'k'), { viewer })).toEqual(first);
    const input = { lineId: line.lineId, productOfferingId: 'PROD999' };
    for (let asked = 0; asked < 5; asked += 1)
      expect(await checkChange(product, input, { viewer })).toMatchObject({
        __typename: 'ProductOfferingQualification',
      });
  });

  it('is counted over all instances together', async () => {
    product = await aProductGraph({ environment: { CHANGE_CHECKS_PER_MINUTE: '2' } });
    const other = await composeProduct(readProductConfig(product.environment), {
      clock: product.clock,
      log: createLogger({ service: 'product', level: 'silent' }),
    });
    const otherUrl = await other.listen({ host: '127.0.0.1', port: 0 });
    const { lineId, target, owner: viewer } = product.aLine();
    const input = { lineId, productOfferingId: target };
    await checkChange(product, input, { viewer });
    await checkChange(product, input, { viewer, process: otherUrl });
    for (const asking of [{ viewer }, { viewer, process: otherUrl }])
      await expect(checkChange(product, input, asking)).rejects.toThrow('RATE_LIMITED');
    await other.close();
  });
});
