import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from '../testing/fake-subgraph.ts';
import { authOfOneCustomer, everything } from '../testing/one-customer.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { until } from '../testing/until.ts';

const menu = '{ billInquiryMenu { currentBillingMonth } }';
const answered = (month: string) => ({ data: { billInquiryMenu: { currentBillingMonth: month } } });
const changes = {
  'the same subgraph': 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }',
  'another subgraph': 'mutation { revokeSession(input: { sessionId: "ses_1" }) { __typename } }',
};

let g: TestGateway;
const closers: (() => Promise<void>)[] = [];
let pending: ((value: unknown) => void)[] = [];
/** How much later it is each time auth was asked. */
let authTakesMs: number[] = [];

const arrived = async (count: number) => {
  await until(`${String(count)} reads`, () => pending.length >= count);
};
/** A subgraph whose reads wait for the test, and whose changes are made at once. */
async function aSlowSubgraph(): Promise<FakeSubgraph> {
  const slow = await aFakeSubgraph((response, { body }) => {
    if (body.query?.startsWith('mutation') === true) {
      sayJson(response, { data: { createBillInquiry: { __typename: 'LineNotFound' } } });
    } else {
      pending.push((value) => {
        sayJson(response, value);
      });
    }
  });
  closers.push(() => slow.close());
  return slow;
}

beforeAll(async () => {
  const [billing, product] = [await aSlowSubgraph(), await aSlowSubgraph()];
  const auth = {
    ...authOfOneCustomer(() => {
      g.clock.advance(authTakesMs.shift() ?? 0);
    }),
    Mutation: { revokeSession: () => ({ __typename: 'SessionNotFound' }) },
  };
  g = await aGateway({ auth, billing: billing.url, product: product.url });
  closers.push(() => g.close());
});
beforeEach(() => {
  pending = [];
  authTakesMs = [];
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

describe('A read that is shared', () => {
  it.each(Object.entries(changes))(
    'is not joined by who made a change at %s since it began',
    async (_where, change) => {
      const as = aViewer();
      const before = g.ask(menu, { as });
      await arrived(1);
      const { body } = await g.ask(change, { as });
      expect(body.errors).toBeUndefined();
      const after = g.ask(menu, { as });
      await arrived(2);
      pending[1]?.(answered('2026-12'));
      expect((await after).body).toEqual(answered('2026-12'));
      pending[0]?.(answered('2026-11'));
      expect((await before).body).toEqual(answered('2026-11'));
    },
  );

  it('is joined whatever others have changed since it began', async () => {
    const [kim, lee] = [aViewer(), aViewer({ userId: 'usr_2' })];
    const reads = [g.ask(menu, { as: kim })];
    await arrived(1);
    await g.ask(changes['the same subgraph'], { as: lee });
    reads.push(g.ask(menu, { as: kim }), g.ask(menu, { as: lee }));
    await arrived(2);
    for (const answer of pending) answer(answered('2026-11'));
    for (const read of reads) expect((await read).body).toEqual(answered('2026-11'));
    expect(pending).toHaveLength(2);
  });

  it('is not that of a request with little time left', async () => {
    const as = aViewer();
    authTakesMs = [7_400, 0];
    const inAHurry = g.ask(everything, { as });
    await arrived(1);
    const inTime = g.ask(everything, { as });
    await arrived(2);
    const { body } = await inAHurry;
    expect(new Set(body.errors?.map(({ extensions: { code } }) => code))).toEqual(new Set(['TIMED_OUT']));
    const product = { currentProduct: { productCode: '5G' } };
    pending[1]?.({ data: { _entities: [product, product] } });
    expect((await inTime).body.errors).toBeUndefined();
  });
});
