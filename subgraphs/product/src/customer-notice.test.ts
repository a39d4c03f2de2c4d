import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { calendarDay } from './domain/calendar.ts';
import { noticeText } from './domain/notice-texts.ts';
import type { SettledState } from './domain/product-order.ts';
import {
  aProductGraph,
  stranger,
  troubled,
  userOf,
  type Asking,
  type ProductGraph,
} from './testing/a-product-graph.ts';
import { orderChange } from './testing/asking.ts';

let product: ProductGraph;
beforeAll(async () => {
  product = await aProductGraph();
});
afterAll(() => product.close());

const connection = z.object({
  totalCount: z.number(),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  edges: z.array(z.object({ cursor: z.string(), node: z.looseObject({ id: z.string() }) })),
});
const entities = z.array(z.object({ communicationMessages: connection.nullable() }).nullable());

const askForNotices = (customerId: string, asking: Asking, page = '') =>
  product.entities(
    [{ __typename: 'Customer', id: customerId }],
    `... on Customer { communicationMessages${page} {
       totalCount pageInfo { hasNextPage endCursor }
       edges { cursor node { id sentTime subject content productOrder { id state } } } } }`,
    asking,
  );

async function noticesOf(customerId: string, asking: Asking, page?: string) {
  const { data, errors } = await askForNotices(customerId, asking, page);
  expect(errors).toEqual([]);
  const [customer] = entities.parse(data['_entities']);
  return customer?.communicationMessages ?? null;
}

/** The texts of all notices, newest first. */
async function textsOf(customerId: string, language: 'ko' | 'en') {
  const notices = await noticesOf(customerId, { viewer: userOf(customerId), language });
  return notices?.edges.map(({ node }) => [node['subject'], node['content']]);
}

describe('A customer’s notices', () => {
  it('tell what became of each plan change, newest first, in the language of who reads', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const customerId = viewer.customerId ?? '';
    expect(await noticesOf(customerId, { viewer })).toMatchObject({ totalCount: 0, edges: [] });
    const done = await orderChange(product, { externalId: 'one', lineId, productOfferingId: target }, { viewer });
    await product.tellResults();
    product.clock.advance(60_000);
    const wish = { externalId: 'two', lineId, productOfferingId: current, requestedStart: 'NEXT_MONTH' } as const;
    const booked = await orderChange(product, wish, { viewer });
    await product.tellResults();

    expect(await noticesOf(customerId, { viewer })).toMatchObject({
      totalCount: 2,
      pageInfo: { hasNextPage: false },
      edges: [
        { node: { sentTime: '2026-09-15T03:01:00.000Z', productOrder: { id: booked['id'], state: 'COMPLETED' } } },
        { node: { sentTime: '2026-09-15T03:00:00.000Z', productOrder: { id: done['id'] } } },
      ],
    });
    expect(await textsOf(customerId, 'ko')).toEqual([
      ['상품 변경 예약 안내', `상품 변경이 예약되었습니다 (${target} → ${current}). 2026-10-01부터 적용됩니다.`],
      ['상품 변경 완료 안내', `상품 변경이 완료되었습니다 (${current} → ${target}).`],
    ]);
    expect(await textsOf(customerId, 'en')).toEqual([
      [
        'Your plan change is booked',
        `Your plan change is booked (${target} → ${current}). It takes effect on 2026-10-01.`,
      ],
      ['Your plan was changed', `Your plan was changed (${current} → ${target}).`],
    ]);
  });

  it('say why KOS refused a change', async () => {
    const lineId = product.lineIdOf('01012345681');
    await orderChange(product, { externalId: 'k', lineId, productOfferingId: '5G-STANDARD-001' }, { viewer: troubled });
    await product.tellResults();
    expect(await textsOf('CUST003', 'ko')).toEqual([
      ['상품 변경 거절 안내', expect.stringMatching(/^미납 요금을 먼저 납부해 주세요\. 상품은 변경되지 않았습니다 \(/)],
    ]);
    expect(await textsOf('CUST003', 'en')).toEqual([
      [
        'Your plan change was refused',
        expect.stringMatching(/^An unpaid bill must be settled first\. Your plan was not/),
      ],
    ]);
  });

  it('say that nothing was changed when a change failed', async () => {
    const { lineId, owner: viewer, target } = product.aLine();
    product.kos.faults.replace([{ operation: 'product-change', reset: 'before', times: 1 }]);
    await orderChange(product, { externalId: 'k', lineId, productOfferingId: target }, { viewer });
    for (let minute = 0; minute < 6; minute += 1) {
      product.clock.advance(60_000);
      await product.reconcile();
    }
    await product.tellResults();
    expect(await textsOf(viewer.customerId ?? '', 'ko')).toEqual([
      ['상품 변경 실패 안내', expect.stringContaining('상품은 변경되지 않았습니다')],
    ]);
    expect(await textsOf(viewer.customerId ?? '', 'en')).toEqual([
      ['Your plan change failed', expect.stringContaining('nothing was changed')],
    ]);
  });

  it('are read page by page, by whoever they are for and nobody else', async () => {
    const { lineId, owner: viewer, current, target } = product.aLine();
    const customerId = viewer.customerId ?? '';
    // At the same moment: ids decide, and none is left out between two pages.
    for (const [index, productOfferingId] of [target, current, target].entries()) {
      await orderChange(product, { externalId: `k${index}`, lineId, productOfferingId }, { viewer });
    }
    await product.tellResults();
    const first = await noticesOf(customerId, { viewer }, '(first: 2)');
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const rest = await noticesOf(customerId, { viewer }, `(first: 2, after: "${first?.pageInfo.endCursor ?? ''}")`);
    expect(rest).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: false } });
    const ids = [...(first?.edges ?? []), ...(rest?.edges ?? [])].map(({ node }) => node.id);
    expect(new Set(ids).size).toBe(3);

    expect(await noticesOf(customerId, { viewer: stranger })).toBeNull();
    const { errors } = await askForNotices(customerId, { viewer: { ...viewer, scopes: ['BILL_INQUIRY'] } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    for (const page of ['(first: 0)', '(first: 101)', '(after: "bm90aGluZw")']) {
      const answer = await askForNotices(customerId, { viewer }, page);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE' } }]);
    }
  });
});

describe('The text of a notice', () => {
  const settledAt = new Date('2026-09-15T03:00:00Z');
  const states: readonly SettledState[] = [
    { kind: 'COMPLETED', settledAt, effectiveDate: calendarDay('2026-09-15') },
    { kind: 'COMPLETED', settledAt, effectiveDate: calendarDay('2026-10-01') },
    ...(['CONTRACT_RESTRICTION', 'DEVICE_INCOMPATIBLE', 'UNPAID_BALANCE', 'OTHER'] as const).map((reason) => ({
      kind: 'REJECTED' as const,
      settledAt,
      reason,
    })),
    ...(['NEVER_SENT', 'NEVER_ARRIVED', 'NOT_MADE'] as const).map((cause) => ({
      kind: 'FAILED' as const,
      settledAt,
      cause,
    })),
  ];

  it.each(states)('names both plans and claims a change only where there is one: %j', (state) => {
    for (const locale of ['ko', 'en'] as const) {
      const { subject, content } = noticeText({ productCodeBefore: 'A', productCodeAfter: 'B', state }, locale);
      expect(content).toContain('A → B');
      expect(subject.length).toBeLessThanOrEqual(40);
      const claimsChange = /완료되었습니다|예약되었습니다|plan was changed|is booked/.test(content);
      expect(claimsChange).toBe(state.kind === 'COMPLETED');
    }
  });
});
