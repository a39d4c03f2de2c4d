import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { authOfOneCustomer } from '../testing/one-customer.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const fail = () => {
  throw new CodedError('SERVICE_UNAVAILABLE');
};
const inquire =
  'createBillInquiry(input: { lineId: "ln_1" }) { __typename ... on BillInquiry { id kosCalls { result } } }';
const order = 'createProductOrder(input: { externalId: "e1", lineId: "ln_1", productOfferingId: "5G" }) { __typename }';

describe('A mutation of which not all could be done or told', () => {
  let g: TestGateway;
  let createProductOrder: () => unknown = fail;
  let kosCalls: () => unknown = () => [];
  beforeAll(async () => {
    g = await aGateway({
      auth: authOfOneCustomer(),
      billing: {
        Mutation: { createBillInquiry: () => ({ __typename: 'BillInquiry', id: 'inq_1' }) },
        BillInquiry: { kosCalls: () => kosCalls() },
      },
      product: { Mutation: { createProductOrder: () => createProductOrder() } },
    });
  });
  afterAll(() => g.close());

  async function ask(fields: string) {
    const { status, headers } = await g.ask(`mutation { ${fields} }`, { as: aViewer() });
    const id = headers.get('x-request-id');
    const ended = g.audit.records().filter(({ requestId, stage }) => requestId === id && stage === 'ENDED');
    return { status, isToBeTriedAgain: headers.has('retry-after'), outcome: ended.map(({ outcome }) => outcome) };
  }
  const made = { status: 200, isToBeTriedAgain: false, outcome: ['PARTIAL'] };

  it('is no failure when a change was made before another one failed, nor after it', async () => {
    expect(await ask(`${inquire} ${order}`)).toEqual(made);
    expect(await ask(`${order} ${inquire}`)).toEqual(made);
  });

  it('is no failure when what was made could not be told whole', async () => {
    kosCalls = fail;
    expect(await ask(inquire)).toEqual(made);
    kosCalls = () => [];
  });

  it('is one, to be tried again, when nothing was made', async () => {
    const failed = { status: 503, isToBeTriedAgain: true, outcome: ['SERVICE_UNAVAILABLE'] };
    expect(await ask(order)).toEqual(failed);
    expect(await ask(`__typename ${order}`)).toEqual(failed);
  });

  it('is whole when all of it was made', async () => {
    createProductOrder = () => ({ __typename: 'ProductOrder', id: 'ord_1' });
    expect(await ask(`${inquire} ${order}`)).toEqual({ status: 200, isToBeTriedAgain: false, outcome: ['OK'] });
  });
});
