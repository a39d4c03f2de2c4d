import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { z } from 'zod';

import { readProductConfig } from './config.ts';
import { seedDemoCustomers } from './demo-customers.ts';
import { aProductGraph, sampler, staff, stranger, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { askForChange, orderChange, readLine } from './testing/asking.ts';

const minuteMs = 60_000;

const currentFreshness = 'currentProduct { freshness { fetchedAt stale source } }';
const looked = z.object({
  currentProduct: z.object({
    freshness: z.object({ fetchedAt: z.string(), stale: z.boolean(), source: z.string() }),
  }),
});

const currentProduct = `currentProduct {
  id status productCode startDate version freshness { fetchedAt stale source }
  productOffering { id name monthlyFee { unit value } }
  contract { startDate endDate remainingMonths earlyTerminationFee { unit value } }
  scheduledChange { productCode } line { id } }`;

describe('A line and its plan (UFR-PROD-010, UFR-PROD-020)', () => {
  let product: ProductGraph;
  beforeAll(async () => {
    product = await aProductGraph();
  });
  afterAll(() => product.close());
  const testersLine = () => product.lineIdOf('01012345678');

  it('shows the plan, the commitment and the state of the line', async () => {
    const lineId = testersLine();
    const { line } = await readLine(product, lineId, currentProduct);
    expect(line).toEqual({
      currentProduct: {
        id: `prd_${lineId.slice(3)}`,
        status: 'ACTIVE',
        productCode: '5G-PREMIUM-001',
        startDate: '2023-03-10',
        version: 1,
        freshness: { fetchedAt: '2026-09-15T03:00:00.000Z', stale: false, source: 'KOS' },
        productOffering: {
          id: '5G-PREMIUM-001',
          name: '5G 프리미엄 플랜',
          monthlyFee: { unit: 'KRW', value: '89000' },
        },
        contract: {
          startDate: '2025-03-10',
          endDate: '2027-03-09',
          remainingMonths: expect.any(Number),
          earlyTerminationFee: { unit: 'KRW', value: expect.stringMatching(/^\d+$/) },
        },
        scheduledChange: null,
        line: { id: lineId },
      },
    });
    const suspended = await readLine(
      product,
      product.lineIdOf('01012340000'),
      'currentProduct { status contract { startDate } }',
      {
        viewer: troubled,
      },
    );
    expect(suspended.line).toEqual({ currentProduct: { status: 'SUSPENDED', contract: null } });
  });

  it('is asked of KOS once in 30 minutes, however many look', async () => {
    const lineId = product.lineIdOf('01087654321');
    const look = () => readLine(product, lineId, 'currentProduct { freshness { source } }', { viewer: sampler });
    const before = product.kos.callCount().total;
    await Promise.all(Array.from({ length: 10 }, look));
    // The customer and the line.
    expect(product.kos.callCount().total - before).toBe(2);
    const settled = product.kos.callCount().total;
    product.clock.advance(20 * minuteMs);
    expect((await look()).line).toMatchObject({ currentProduct: { freshness: { source: 'CACHE' } } });
    expect(product.kos.callCount().total).toBe(settled);
  });

  it('is renewed beside whoever looks when it nears its end or is past it', async () => {
    const lineId = product.lineIdOf('01087654321');
    const look = async () =>
      looked.parse((await readLine(product, lineId, currentFreshness, { viewer: sampler })).line).currentProduct
        .freshness;
    const { fetchedAt } = await look();
    product.clock.advance(40 * minuteMs);
    product.kos.faults.replace([{ operation: 'line-status', latencyMs: 500 }]);
    expect(await look()).toEqual({ fetchedAt, stale: true, source: 'CACHE' });
    await eventually(async () => !(await look()).stale);
    product.clock.advance(25 * minuteMs);
    const { fetchedAt: near, stale } = await look();
    expect(stale).toBe(false);
    await eventually(async () => (await look()).fetchedAt > near);
    product.kos.faults.clear();
  });

  it('is the booked one from the day on which it takes effect, and if KOS is silent then, the old one says so', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const look = async () =>
      (await readLine(product, lineId, 'currentProduct { productCode freshness { stale } }', { viewer })).line;
    const now = product.clock.now().toISOString();
    product.clock.set('2026-09-30T14:45:00.000Z');
    const booking = { externalId: 'booked', lineId, productOfferingId: target, requestedStart: 'NEXT_MONTH' } as const;
    await orderChange(product, booking, { viewer });
    expect(await look()).toEqual({ currentProduct: { productCode: current, freshness: { stale: false } } });
    product.clock.set('2026-09-30T15:00:00.000Z');
    product.kos.faults.replace([{ operation: 'line-status', status: 503 }]);
    expect(await look()).toEqual({ currentProduct: { productCode: current, freshness: { stale: true } } });
    product.kos.faults.clear();
    product.clock.advance(minuteMs);
    expect(await look()).toEqual({ currentProduct: { productCode: target, freshness: { stale: false } } });
    product.clock.set(now);
  });

  it('offers the plans it may change to, each with what it costs more or less', async () => {
    const query = `changeableProductOfferings(first: 100) {
      totalCount freshness { stale } edges { monthlyFeeDifference { unit value } node { id isSellable operatorCode monthlyFee { value } } } }`;
    const { line } = await readLine(product, testersLine(), query);
    const { changeableProductOfferings: choices } = z
      .object({
        changeableProductOfferings: z.object({
          totalCount: z.number(),
          edges: z.array(
            z.object({
              monthlyFeeDifference: z.object({ unit: z.literal('KRW'), value: z.coerce.number() }),
              node: z.object({
                id: z.string(),
                isSellable: z.literal(true),
                operatorCode: z.literal('MVNO001'),
                monthlyFee: z.object({ value: z.coerce.number() }),
              }),
            }),
          ),
        }),
      })
      .parse(line);
    expect(choices.totalCount).toBe(10);
    expect(choices.edges.map(({ node }) => node.id)).not.toContain('5G-PREMIUM-001');
    for (const { node, monthlyFeeDifference } of choices.edges) {
      expect(monthlyFeeDifference.value).toBe(node.monthlyFee.value - 89_000);
    }
  });

  it('is the owner’s alone: for everybody else it does not exist, and KOS is not asked', async () => {
    await readLine(product, product.lineIdOf('01099998888'), 'id', { viewer: stranger });
    const before = product.kos.callCount().total;
    const lineId = testersLine();
    const keys = [
      { __typename: 'Line', id: lineId },
      { __typename: 'Line', id: product.lineIdOf('01000000000') },
      { __typename: 'Line', id: 'nonsense' },
      { __typename: 'Product', id: `prd_${lineId.slice(3)}` },
      { __typename: 'Product', id: 'prd_nonsense' },
      { __typename: 'Customer', id: 'CUST001' },
      { __typename: 'Customer', id: 'CUST999' },
    ];
    const fragments = '... on Line { id } ... on Product { id } ... on Customer { id profile { name } }';
    for (const viewer of [stranger, staff]) {
      const { data, errors } = await product.entities(keys, fragments, { viewer });
      expect({ data, errors }).toEqual({ data: { _entities: keys.map(() => null) }, errors: [] });
    }
    expect(product.kos.callCount().total).toBe(before);
    const anonymous = await product.entities(keys.slice(0, 1), fragments, { viewer: null });
    expect(anonymous.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('each entity is found by its key', async () => {
    const lineId = testersLine();
    const { data } = await product.entities(
      [
        { __typename: 'Line', id: lineId },
        { __typename: 'Product', id: `prd_${lineId.slice(3)}` },
        { __typename: 'ProductOffering', id: 'LTE-TALK-001' },
        { __typename: 'Customer', id: 'CUST001' },
      ],
      `... on Line { id } ... on Product { productCode } ... on ProductOffering { name }
       ... on Customer { profile { name operatorCode registeredOn } }`,
    );
    expect(data).toEqual({
      _entities: [
        { id: lineId },
        { productCode: '5G-PREMIUM-001' },
        { name: 'LTE 통화 플랜' },
        { profile: { name: '김테스트', operatorCode: 'MVNO001', registeredOn: '2023-03-10' } },
      ],
    });
  });

  it('keeps numbers and names out of the log and sealed in the database', async () => {
    await readLine(product, testersLine(), currentProduct);
    const { owner, lineId, target, lineNumber } = product.aLine();
    await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer: owner });
    const tables = [
      'customer',
      'customer_line',
      'kept_answer',
      'product_order',
      'change_request',
      'kos_call',
      'outbox_message',
    ];
    const rows = await Promise.all(tables.map((table) => product.query(`SELECT to_jsonb(t) FROM ${table} t`)));
    const everything = JSON.stringify(rows) + product.log.join('\n');
    for (const secret of ['01012345678', '김테스트', lineNumber]) expect(everything).not.toContain(secret);
  });
});

describe('The seed', () => {
  it('has the demo customers at hand before they ask', async () => {
    const product = await aProductGraph();
    try {
      await seedDemoCustomers(readProductConfig(product.environment), { clock: product.clock });
      const before = product.kos.callCount().total;
      expect((await readLine(product, product.lineIdOf('01087654321'), 'id', { viewer: sampler })).line).not.toBeNull();
      expect(product.kos.callCount().total).toBe(before);
    } finally {
      await product.close();
    }
  });
});

describe('Without its database', () => {
  it('what KOS tells is shown all the same; what must be written is refused, and soon', async () => {
    const nowhere = { PRODUCT_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' };
    const product = await aProductGraph({ environment: nowhere });
    try {
      const { data } = await product.ask('{ productOffering(id: "LTE-TALK-001") { id } }');
      expect(data).toEqual({ productOffering: { id: 'LTE-TALK-001' } });
      const lineId = product.lineIdOf('01012345678');
      const shown = 'currentProduct { version productCode freshness { source } }';
      expect((await readLine(product, lineId, shown)).line).toMatchObject({
        currentProduct: { version: 0, freshness: { source: 'KOS' } },
      });
      expect((await readLine(product, product.lineIdOf('01099999999'), 'id')).line).toBeNull();
      const wish = { externalId: 'k', lineId, productOfferingId: '5G-STANDARD-001' };
      expect((await askForChange(product, wish)).errors).toMatchObject([
        { message: '일시적으로 이용할 수 없습니다.', extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } },
      ]);
      expect((await readLine(product, lineId, 'productOrders { totalCount }')).errors).toMatchObject([
        { extensions: { code: 'SERVICE_UNAVAILABLE' } },
      ]);
    } finally {
      await product.close();
    }
  });
});
