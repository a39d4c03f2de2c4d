import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aProductGraph, sampler, staff, tester, troubled, type ProductGraph } from './testing/a-product-graph.ts';
import { checkChange } from './testing/asking.ts';

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

const lineOf = (lineNumber: string) => product.lineIdOf(lineNumber);

describe('The pre-check (UFR-PROD-030)', () => {
  it('passes when the plan is on sale, of the customer’s operator, and the line is in use', async () => {
    const input = { lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    expect(await checkChange(product, input)).toMatchObject({
      __typename: 'ProductOfferingQualification',
      result: 'QUALIFIED',
      message: '상품 사전 체크에 성공하였다',
      checkedAt: '2026-09-15T03:00:00.000Z',
      checks: [
        { type: 'PRODUCT_AVAILABLE', isPassed: true, message: '판매중인 상품입니다' },
        { type: 'OPERATOR_MATCH', isPassed: true, message: '사업자가 일치합니다' },
        { type: 'LINE_STATUS', isPassed: true, message: '회선이 정상 상태입니다' },
      ],
    });
  });

  it.each([
    ['a plan no longer sold', '01012345678', '3G-OLD-001', [false, true, true]],
    ['a plan of the other operator', '01012345678', 'M2-5G-MAX-001', [true, false, true]],
    ['a plan that does not exist', '01012345678', 'NO-SUCH-PLAN', [false, false, true]],
    ['a suspended line', '01012340000', '5G-STANDARD-001', [true, true, false]],
    ['everything wrong at once', '01012340000', 'M2-3G-TALK-001', [false, false, false]],
  ])('reports all three checks for %s', async (_, lineNumber, productOfferingId, passed) => {
    const viewer = lineNumber === '01012345678' ? tester : troubled;
    const found = await checkChange(product, { lineId: lineOf(lineNumber), productOfferingId }, { viewer });
    expect(found).toMatchObject({
      result: 'UNQUALIFIED',
      message: '상품 사전 체크에 실패하였다',
      checks: [
        { type: 'PRODUCT_AVAILABLE', isPassed: passed[0] },
        { type: 'OPERATOR_MATCH', isPassed: passed[1] },
        { type: 'LINE_STATUS', isPassed: passed[2] },
      ],
    });
  });

  it('says in words what was found, in the language asked for', async () => {
    const input = { lineId: lineOf('01012340000'), productOfferingId: 'M2-3G-TALK-001' };
    expect(await checkChange(product, input, { viewer: troubled })).toMatchObject({
      checks: [
        { message: '현재 판매중인 상품이 아닙니다' },
        { message: '변경 요청한 사업자에서 판매중인 상품이 아닙니다' },
        { message: '변경 요청 회선은 사용 중인 상태가 아닙니다 (정지)' },
      ],
    });
    expect(await checkChange(product, input, { viewer: troubled, language: 'en' })).toMatchObject({
      message: 'Not all checks passed.',
      checks: [
        { message: 'The plan is not on sale now.' },
        {},
        { message: 'The line is not in use: it is suspended.' },
      ],
    });
  });

  it('is kept, passed or not, together with the calls to KOS', async () => {
    const { lineId, owner: viewer } = product.aLine();
    await checkChange(product, { lineId, productOfferingId: '3G-OLD-001' }, { viewer });
    const kept = await product.query(
      'SELECT id, is_qualified, product_code_after FROM qualification WHERE line_id = $1',
      [lineId],
    );
    expect(kept).toMatchObject([{ is_qualified: false, product_code_after: '3G-OLD-001' }]);
    const calls = await product.query('SELECT operation FROM kos_call WHERE subject_id = $1 ORDER BY operation', [
      kept[0]?.['id'],
    ]);
    expect(calls).toEqual([{ operation: 'LINE_STATUS' }, { operation: 'CATALOGUE' }]);
  });

  it('asks KOS anew every time', async () => {
    const input = { lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    const before = product.kos.callCount().total;
    await checkChange(product, input);
    await checkChange(product, input);
    expect(product.kos.callCount().total - before).toBe(4);
  });

  it('does not know a foreign line, and asks KOS nothing about it', async () => {
    const own = { lineId: lineOf('01012345678'), productOfferingId: '5G-STANDARD-001' };
    await checkChange(product, own, { viewer: sampler });
    const before = product.kos.callCount().total;
    const absent = { ...own, lineId: lineOf('01000000000') };
    const answers = [
      await checkChange(product, own, { viewer: sampler }),
      await checkChange(product, absent, { viewer: sampler }),
      await checkChange(product, { ...own, lineId: "' OR 1=1 --\u0000" }, { viewer: sampler }),
      await checkChange(product, own, { viewer: staff }),
    ];
    for (const answer of answers) {
      expect(answer).toEqual({ __typename: 'LineNotFound', code: 'NOT_FOUND', message: '조회할 수 없는 회선입니다.' });
    }
    expect(product.kos.callCount().total).toBe(before);
  });
});
