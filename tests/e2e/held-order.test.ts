import { eventually } from '@supergraph/database/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR_MS, MINUTE_MS } from '@supergraph/platform/time';

import { aSupergraph, type TestSupergraph } from '../support/a-supergraph.ts';
import type { Asking } from '../support/graphql-client.ts';
import { change, order } from './walk-operations.ts';

const held = /* GraphQL */ `
  {
    heldProductOrders {
      totalCount
      edges {
        node {
          lineId
          heldAt
          lookCount
          productOrder {
            id
            state
            productCodeBefore
            productCodeAfter
            line {
              phoneNumber
            }
            kosCalls {
              resultCode
              result
            }
          }
        }
      }
    }
  }
`;
const settle = /* GraphQL */ `
  mutation Settle($input: SettleProductOrderInput!) {
    settleProductOrder(input: $input) {
      ... on ProductOrder {
        id
        state
      }
      ... on SettlementContradicted {
        outcomeAtKos
        effectiveDateAtKos
      }
      ... on UserError {
        code
      }
    }
  }
`;
const plan = /* GraphQL */ `
  query Plan($line: ID!) {
    line(id: $line) {
      currentProduct {
        productCode
        version
      }
    }
  }
`;

describe('An order that KOS says nothing about for a day', () => {
  let graph: TestSupergraph;
  let lineId: string;
  let orderId: string;
  const wish = () => ({ lineId, productOfferingId: '5G-STANDARD-001', externalId: 'wish' });

  beforeAll(async () => {
    const quick = { KOS_CHANGE_TIMEOUT_MS: '500', KOS_TIMEOUT_MS: '500', RECONCILE_EVERY_MS: '100' };
    graph = await aSupergraph({ ...quick, KOS_LATENCY_SCALE: '0.01' });
  });
  afterAll(() => graph.close());

  /** Days pass in this story, so everybody signs in anew. */
  const as = async (loginId: string): Promise<Asking> => ({ token: await graph.logIn(loginId) });
  const kos = () => {
    const { kos: simulator } = graph.supergraph.simulators;
    if (simulator === null) throw new Error('there is no KOS');
    return simulator.admin;
  };
  const stateForOwner = async () => {
    const { data } = await graph.ask(order, { id: orderId }, await as('testuser01'));
    return String(data['productOrder']?.['state']);
  };
  const told = () => graph.supergraph.simulators.mvnoAp?.admin.results({ lineId });

  it('is held, and the customer is told that people look after it', async () => {
    const customer = await as('testuser01');
    const { data } = await graph.ask('{ me { customer { lines { id } } } }', {}, customer);
    lineId = data['me']?.['customer']?.['lines']?.[0]?.['id'] ?? '';
    // KOS makes the change and never answers; then its books cannot be read.
    kos().faults.replace([
      { operation: 'product-change', appliedButNeverAnswered: true },
      { operation: 'change-status', status: 503 },
    ]);
    const ordered = await graph.ask(change, { input: wish() }, customer);
    orderId = ordered.data['createProductOrder']?.['id'] ?? '';
    graph.clock.advance(24 * HOUR_MS + MINUTE_MS);
    await eventually(async () => (await stateForOwner()) === 'HELD', 20_000);
    const { data: seen } = await graph.ask(order, { id: orderId }, await as('testuser01'));
    expect(seen['productOrder']).toMatchObject({ message: '운영자가 처리 결과를 확인하고 있습니다' });
  });

  it('keeps its key: the same wish is the same order, another wish under the key is refused with 409', async () => {
    const customer = await as('testuser01');
    const again = await graph.ask(change, { input: wish() }, customer);
    expect(again.data['createProductOrder']).toMatchObject({ id: orderId, state: 'HELD' });
    const other = await graph.ask(change, { input: { ...wish(), productOfferingId: 'LTE-BASIC-001' } }, customer);
    expect([other.status, other.errors[0]?.extensions.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('is seen by an operator, who does not see whose it is; by nobody else', async () => {
    const answer = await graph.ask(held, {}, await as('operator01'));
    expect(answer.errors).toEqual([]);
    expect(answer.data['heldProductOrders']).toMatchObject({
      totalCount: 1,
      edges: [
        {
          node: {
            lineId,
            productOrder: {
              id: orderId,
              state: 'HELD',
              productCodeBefore: '5G-PREMIUM-001',
              productCodeAfter: '5G-STANDARD-001',
              line: null,
            },
          },
        },
      ],
    });
    for (const loginId of ['testuser01', 'analyst01']) {
      const refused = await graph.ask(held, {}, await as(loginId));
      expect([refused.status, refused.errors[0]?.extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
    }
  });

  it('is not settled on a word while KOS says otherwise, and is when the operator has found it out', async () => {
    const operator = await as('operator01');
    kos().faults.clear();
    const decide = async (said: object) => {
      const input = { productOrderId: orderId, evidence: '통신사 담당자 통화, 접수번호 4711', ...said };
      return (await graph.ask(settle, { input }, operator)).data['settleProductOrder'];
    };
    expect(await decide({ outcome: 'FAILED', isKosSilenceAccepted: true })).toEqual({
      code: 'SETTLEMENT_CONTRADICTED',
      outcomeAtKos: 'COMPLETED',
      effectiveDateAtKos: '2026-11-21',
    });
    expect(await stateForOwner()).toBe('HELD');
    const right = { outcome: 'COMPLETED', effectiveDate: '2026-11-21' };
    expect(await decide(right)).toEqual({ id: orderId, state: 'COMPLETED' });
    expect(await decide(right)).toEqual({ id: orderId, state: 'COMPLETED' });
  });

  it('is settled for the customer, and told to the MVNO AP server exactly once', async () => {
    expect(await stateForOwner()).toBe('COMPLETED');
    const { data } = await graph.ask(plan, { line: lineId }, await as('testuser01'));
    expect(data['line']?.['currentProduct']).toEqual({ productCode: '5G-STANDARD-001', version: 2 });
    await eventually(() => told()?.distinct === 1, 20_000);
    expect(told()).toMatchObject({
      deliveries: 1,
      results: [{ type: 'product-change', body: { productOrderId: orderId, result: '정상' } }],
    });
    const { data: left } = await graph.ask(held, {}, await as('operator01'));
    expect(left['heldProductOrders']).toEqual({ totalCount: 0, edges: [] });
  });
});
