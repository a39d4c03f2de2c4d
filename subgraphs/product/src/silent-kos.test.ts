import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aProductGraph, sampler, tester, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { fieldOf, orderChange, readLine } from './testing/asking.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

describe('While KOS is silent', () => {
  let product: ProductGraph;
  beforeEach(async () => {
    product = await aProductGraph();
  });
  afterEach(() => product.close());
  const testersLine = () => product.lineIdOf('01012345678');
  const freshness = 'freshness { fetchedAt stale source }';
  const look = () =>
    readLine(product, testersLine(), `currentProduct { productCode ${freshness} productOffering { id ${freshness} } }`);

  it('the last good answers stand in and say so, until they are too old', async () => {
    await look();
    await product.kos.stopListening();
    product.clock.advance(2 * hourMs);
    const old = { fetchedAt: '2026-09-15T03:00:00.000Z', source: 'CACHE' };
    expect((await look()).line).toEqual({
      currentProduct: {
        productCode: '5G-PREMIUM-001',
        freshness: { ...old, stale: true },
        productOffering: { id: '5G-PREMIUM-001', freshness: { ...old, stale: false } },
      },
    });
    product.clock.advance(23 * hourMs);
    expect((await look()).errors).toMatchObject([
      { message: '일시적으로 서비스 이용이 어렵습니다', extensions: { code: 'KOS_UNAVAILABLE', retryable: true } },
    ]);
    product.clock.advance(5 * dayMs);
    const stale = await product.ask(`{ productOffering(id: "LTE-TALK-001") { ${freshness} } }`);
    expect(fieldOf(stale, 'productOffering')).toEqual({ freshness: { ...old, stale: true } });
    product.clock.advance(3 * dayMs);
    expect((await product.ask('{ productOffering(id: "LTE-TALK-001") { id } }')).errors).toMatchObject([
      { extensions: { code: 'KOS_UNAVAILABLE' } },
    ]);
  });

  it('also when every cache is lost: what was kept in the database serves', async () => {
    await look();
    const before = product.kos.callCount().total;
    await product.restart({ REDIS_URL: '' });
    expect((await look()).line).toMatchObject({ currentProduct: { freshness: { stale: false, source: 'CACHE' } } });
    expect(product.kos.callCount().total).toBe(before);
    await product.kos.stopListening();
    product.clock.advance(20 * minuteMs);
    expect((await look()).line).toMatchObject({ currentProduct: { freshness: { stale: false } } });
    product.clock.advance(20 * minuteMs);
    expect((await look()).line).toMatchObject({ currentProduct: { freshness: { stale: true } } });
  });

  it.each([
    ['line-status', 'html'],
    ['line-status', 'truncated'],
    ['line-status', 'wrong-types'],
    ['line-status', 'other-line'],
    ['customer', 'html'],
    ['customer', 'truncated'],
    ['customer', 'wrong-types'],
    ['customer', 'other-line'],
  ] as const)(
    'or answers nonsense (%s, %s), nothing of it is shown, and there is an alarm',
    async (operation, malformed) => {
      product.kos.faults.replace([{ operation, malformed }]);
      expect((await look()).errors).toMatchObject([{ extensions: { code: 'KOS_UNAVAILABLE' } }]);
      const alarms = product.log.filter((entry) => entry.includes('KOS gave an answer that must not be used'));
      expect(alarms).toEqual([expect.stringContaining('"level":50')]);
      expect(product.log.join('\n')).not.toMatch(/\b01\d{9}\b/);
      product.kos.faults.clear();
      product.clock.advance(minuteMs);
      expect((await look()).line).toMatchObject({ currentProduct: { productCode: '5G-PREMIUM-001' } });
    },
  );

  it('a completed change is never hidden by an answer from before it', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
    await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    await product.kos.stopListening();
    const { line, errors } = await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
    expect(line).toEqual({ currentProduct: { productCode: target } });
    expect(errors).toEqual([]);
  });

  it.each([
    ['HTML', { malformed: 'html' }],
    ['half a body', { malformed: 'truncated' }],
    ['wrong types', { malformed: 'wrong-types' }],
    ['another line’s data', { malformed: 'other-line' }],
    ['a failure of its own', { status: 500 }],
    ['a reset', { reset: 'before' }],
  ] as const)('as when it answers with %s: nothing wrong is shown', async (_, fault) => {
    await look();
    product.kos.faults.replace([{ operation: 'line-status', ...fault }]);
    product.clock.advance(hourMs);
    expect((await look()).line).toMatchObject({
      currentProduct: { productCode: '5G-PREMIUM-001', freshness: { stale: true } },
    });
    const { line, errors } = await readLine(product, product.lineIdOf('01012345679'), 'id currentProduct { id }', {
      viewer: troubled,
    });
    expect(line).toMatchObject({ currentProduct: null });
    expect(errors).toMatchObject([{ extensions: { code: 'KOS_UNAVAILABLE' } }]);
  });

  it('it is left alone after the fifth failure in a row, and everybody is answered at once', async () => {
    const lines = Array.from({ length: 12 }, () => product.aLine());
    for (const { lineId, owner: viewer } of lines) await readLine(product, lineId, 'id', { viewer });
    product.kos.faults.replace([{ operation: 'line-status', status: 500 }]);
    const before = product.kos.callCount().total;
    for (const { lineId, owner: viewer } of lines) {
      const { errors } = await readLine(product, lineId, 'currentProduct { productCode }', { viewer });
      expect(errors).toHaveLength(1);
      expect(errors[0]?.extensions.retryAfterMs).toBeGreaterThan(1_000);
    }
    expect(product.kos.callCount().total - before).toBe(5);
  });

  it('and busy by our own quota: the kept answer, else when to come back', async () => {
    await product.close();
    product = await aProductGraph({ environment: { KOS_CALLS_PER_MINUTE: '8', REDIS_URL: '' } });
    await look();
    const { errors } = await readLine(product, product.lineIdOf('01087654321'), 'currentProduct { id }', {
      viewer: sampler,
    });
    expect(errors).toMatchObject([{ message: '잠시 후 다시 시도해 주세요.', extensions: { code: 'KOS_BUSY' } }]);
    product.clock.advance(hourMs);
    expect((await look()).line).toMatchObject({ currentProduct: { freshness: { stale: true } } });
  });

  it('a customer it does not know has no lines', async () => {
    const { data, errors } = await product.entities(
      [{ __typename: 'Customer', id: 'CUST404' }],
      '... on Customer { id profile { name } }',
      { viewer: { ...tester, customerId: 'CUST404' } },
    );
    expect({ data, errors }).toEqual({ data: { _entities: [{ id: 'CUST404', profile: null }] }, errors: [] });
  });

  it('and is asked about again half a minute later: who has just signed up is soon known to it', async () => {
    const look = () =>
      product.entities([{ __typename: 'Customer', id: 'CUST405' }], '... on Customer { id profile { name } }', {
        viewer: { ...tester, customerId: 'CUST405' },
      });
    const asked = () => product.kos.calls().filter(({ operation }) => operation === 'customer').length;
    await look();
    const once = asked();
    product.clock.advance(20_000);
    await look();
    expect(asked()).toBe(once);
    product.clock.advance(11_000);
    await look();
    expect(asked()).toBe(once + 1);
  });
});
