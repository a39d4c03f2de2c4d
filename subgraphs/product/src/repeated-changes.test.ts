import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aProductGraph, sampler, staff, type ProductGraph } from './testing/a-product-graph.ts';
import { askForChange, orderChange, readLine, readOrder } from './testing/asking.ts';

const hourMs = 3_600_000;

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

const lineOf = (lineNumber: string) => product.lineIdOf(lineNumber);

const changesAtKos = (lineNumber: string) =>
  product.kos.changes().filter((change) => change.lineNumber === lineNumber && change.resultCode === '0000');

describe('Several changes of one line', () => {
  it('at once: one works, all others hear that they came too late', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    await readLine(product, lineId, 'currentProduct { version }', { viewer });
    const before = product.kos.callCount().total;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        orderChange(
          product,
          { externalId: `at-once-${index}`, lineId, productOfferingId: target, expectedProductVersion: 1 },
          { viewer },
        ),
      ),
    );
    const late = ['ProductChangeInProgress', 'ProductVersionConflict', 'ProductChangeNotAllowed'];
    expect(answers.filter(({ __typename }) => __typename === 'ProductOrder')).toHaveLength(1);
    expect(answers.filter(({ __typename }) => late.includes(__typename))).toHaveLength(19);
    expect(changesAtKos(lineNumber)).toHaveLength(1);
    // Those who come together share their look at KOS; alone they would have made 60 calls.
    expect(product.kos.callCount().total - before).toBeLessThan(30);
  });

  it('without a version from the client: still only one works', async () => {
    const { lineId, lineNumber, owner: viewer } = product.aLine();
    const targets = ['5G-PREMIUM-001', '5G-STANDARD-001', '5G-BASIC-001', '5G-SLIM-001', 'PROD999'];
    const answers = await Promise.all(
      targets.map((productOfferingId) =>
        orderChange(product, { externalId: productOfferingId, lineId, productOfferingId }, { viewer }),
      ),
    );
    expect(answers.filter(({ __typename }) => __typename === 'ProductOrder')).toHaveLength(1);
    expect(changesAtKos(lineNumber)).toHaveLength(1);
  });

  it('one after another: the version the person saw decides', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const wish = { lineId, expectedProductVersion: 1 };
    await orderChange(product, { ...wish, externalId: 'first', productOfferingId: target }, { viewer });
    expect(
      await orderChange(product, { ...wish, externalId: 'second', productOfferingId: 'PROD999' }, { viewer }),
    ).toEqual({
      __typename: 'ProductVersionConflict',
      code: 'PLAN_VERSION_CONFLICT',
      message: '다른 변경이 먼저 처리되었습니다.',
      currentVersion: 2,
    });
    const again = { externalId: 'third', lineId, productOfferingId: 'PROD999', expectedProductVersion: 2 };
    expect(await orderChange(product, again, { viewer })).toMatchObject({ state: 'COMPLETED' });
  });
});

describe('The idempotency key', () => {
  it('answers with the same order however often it is used, and changes nothing more', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'same-key', lineId, productOfferingId: target };
    const first = await orderChange(product, wish, { viewer });
    expect(await orderChange(product, wish, { viewer })).toEqual(first);
    await product.restart();
    product.clock.advance(25 * hourMs);
    expect(await orderChange(product, wish, { viewer })).toEqual(first);
    expect(changesAtKos(lineNumber)).toHaveLength(1);
  });

  it('also when it is used many times at once', async () => {
    const { lineId, lineNumber, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'twins', lineId, productOfferingId: target };
    const answers = await Promise.all(Array.from({ length: 10 }, () => orderChange(product, wish, { viewer })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.every(({ __typename }) => __typename === 'ProductOrder')).toBe(true);
    expect(changesAtKos(lineNumber)).toHaveLength(1);
  });

  it('cannot be used for another wish', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const wish = { externalId: 'reused', lineId, productOfferingId: target };
    await orderChange(product, wish, { viewer });
    for (const other of [
      { ...wish, productOfferingId: 'PROD999' },
      { ...wish, requestedStart: 'NEXT_MONTH' as const },
      { ...wish, expectedProductVersion: 2 },
    ]) {
      expect((await askForChange(product, other, { viewer })).errors).toMatchObject([
        { message: '이미 다른 요청에 사용된 식별 키입니다.', extensions: { code: 'IDEMPOTENCY_KEY_REUSED' } },
      ]);
    }
  });

  it('is the user’s own: another user’s key of the same text is another key', async () => {
    const [one, other] = [product.aLine(), product.aLine()];
    const key = { externalId: 'everybody’s' };
    const mine = await orderChange(
      product,
      { ...key, lineId: one.lineId, productOfferingId: one.target },
      { viewer: one.owner },
    );
    const theirs = await orderChange(
      product,
      { ...key, lineId: other.lineId, productOfferingId: other.target },
      { viewer: other.owner },
    );
    expect(theirs).toMatchObject({ state: 'COMPLETED' });
    expect(theirs['id']).not.toBe(mine['id']);
  });

  it.each([
    ['is missing', ''],
    ['is blank', '   '],
    ['is too long', 'k'.repeat(65)],
    ['holds what cannot be printed', 'k\u0000'],
  ])('is required: refused when it %s', async (_, externalId) => {
    const wish = { externalId, lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    expect((await askForChange(product, wish)).errors).toMatchObject([
      { extensions: { code: 'IDEMPOTENCY_KEY_REQUIRED', field: 'externalId' } },
    ]);
  });

  it('of 64 characters is as good as any', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const wish = { externalId: '키'.repeat(64), lineId, productOfferingId: target };
    expect(await orderChange(product, wish, { viewer })).toMatchObject({ state: 'COMPLETED' });
  });
});

describe('The history of a line', () => {
  it('comes page by page, newest first, and by state', async () => {
    const { lineId, owner: viewer, current } = product.aLine();
    const targets = ['5G-PREMIUM-001', '5G-STANDARD-001', '5G-BASIC-001', '5G-SLIM-001'].filter(
      (code) => code !== current,
    );
    const [newest, second, third] = targets.toReversed();
    for (const productOfferingId of targets) {
      await orderChange(product, { externalId: productOfferingId, lineId, productOfferingId }, { viewer });
      product.clock.advance(1_000);
    }
    const pageOf = async (args: string) => {
      const query = `productOrders${args} { totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
                     edges { cursor node { productCodeAfter state } } }`;
      const { line } = await readLine(product, lineId, query, { viewer });
      return line?.['productOrders'];
    };
    const nodes = (...codes: readonly unknown[]) => codes.map((productCodeAfter) => ({ node: { productCodeAfter } }));

    expect(await pageOf('')).toMatchObject({
      totalCount: targets.length,
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    });
    const first: unknown = await pageOf('(first: 2)');
    expect(first).toMatchObject({
      edges: nodes(newest, second),
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const cursor = /"endCursor":"([\w-]+)"/.exec(JSON.stringify(first))?.[1] ?? '';
    expect(await pageOf(`(first: 1, after: "${cursor}")`)).toMatchObject({
      edges: nodes(third),
      pageInfo: { hasPreviousPage: true },
    });
    expect(await pageOf('(state: REJECTED)')).toMatchObject({ totalCount: 0, edges: [] });
  });

  it('is filtered by whole days in Seoul', async () => {
    const { lineId, owner: viewer, target, current } = product.aLine();
    const moments = ['2026-10-04T14:59:59.999Z', '2026-10-04T15:00:00.000Z', '2026-10-05T14:59:59.999Z'];
    for (const [index, moment] of [...moments, '2026-10-05T15:00:00.000Z'].entries()) {
      product.clock.set(moment);
      const productOfferingId = index % 2 === 0 ? target : current;
      await orderChange(product, { externalId: moment, lineId, productOfferingId }, { viewer });
    }
    const on = async (args: string) =>
      (await readLine(product, lineId, `productOrders${args} { totalCount }`, { viewer })).line?.['productOrders'];
    expect(await on('(from: "2026-10-05", to: "2026-10-05")')).toEqual({ totalCount: 2 });
    expect(await on('(from: "2026-10-06")')).toEqual({ totalCount: 1 });
    expect(await on('(to: "2026-10-04")')).toEqual({ totalCount: 1 });
    expect(await on('(from: "2026-10-06", to: "2026-10-05")')).toEqual({ totalCount: 0 });
    expect(await on('(from: "0000-01-01", to: "9999-12-31", state: COMPLETED)')).toEqual({ totalCount: 4 });
  });

  it.each(['(from: "2026-02-30")', '(to: "20261005")', '(to: "")'])('refuses a day that is none: %s', async (args) => {
    const { errors } = await readLine(product, lineOf('01012345678'), `productOrders${args} { totalCount }`);
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it.each(['(first: 0)', '(first: 101)', '(first: -1)', '(after: "bm9uc2Vuc2U")', '(after: "")'])(
    'refuses a page that cannot be: %s',
    async (args) => {
      const { errors } = await readLine(product, lineOf('01012345678'), `productOrders${args} { totalCount }`);
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE' } }]);
    },
  );

  it('and each of its orders is the owner’s alone', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    const { id } = await orderChange(product, { externalId: 'mine', lineId, productOfferingId: target }, { viewer });
    expect(await readOrder(product, id, { viewer })).toMatchObject({ id });
    expect(await readOrder(product, id, { viewer: sampler })).toBeNull();
    expect(await readOrder(product, id, { viewer: staff })).toBeNull();
    expect(await readOrder(product, 'no such order', { viewer })).toBeNull();
    const { data } = await product.entities(
      [{ __typename: 'ProductOrder', id: String(id) }],
      '... on ProductOrder { id }',
      { viewer: sampler },
    );
    expect(data).toEqual({ _entities: [null] });
  });
});
