import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSubgraphServer, type SubgraphServer } from '@supergraph/platform/server';
import { createLogger } from '@supergraph/platform/telemetry';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { aViewer, sdlOf } from './testing/stand-in-subgraphs.ts';

const viewer = aViewer();
const auth = { Query: { me: () => ({ id: 'usr_1', loginId: 'kim' }) } };
const menu = { billingMonths: ['2026-11'], currentBillingMonth: '2026-11', colour: 'blue' };

/** Billing as it was, or will be, in another version. */
function billingOf(sdl: string): SubgraphServer {
  expect(sdl).not.toBe(sdlOf('billing'));
  return createSubgraphServer({
    name: 'billing',
    portVariable: 'BILLING_PORT',
    sdl,
    resolvers: { Query: { billInquiryMenu: () => menu }, UserError: { __resolveType: () => 'LineNotFound' } },
    verifyInternalToken: () => Promise.resolve(viewer),
    createContext: (request) => request,
    readiness: () => Promise.resolve({}),
    log: createLogger({ service: 'billing', level: 'silent' }),
  });
}

describe.each([
  ['older: it lacks a field', /^ {2}"The month asked for when none is chosen.*\n.*\n/m, ''],
  ['newer: it has one more', /^type BillInquiryMenu .*\{\n/m, '$&  "A colour (색)."\n  colour: String\n'],
])('A gateway in front of a subgraph that is %s', (_what, place, replacement) => {
  let billing: SubgraphServer;
  let g: TestGateway;
  beforeAll(async () => {
    billing = billingOf(sdlOf('billing').replace(place, replacement));
    g = await aGateway({ auth, billing: `${await billing.listen({ host: '127.0.0.1', port: 0 })}/graphql` });
  });
  afterAll(async () => {
    await g.close();
    await billing.close();
  });

  it('answers all that both know', async () => {
    const { body } = await g.ask('{ me { loginId } billInquiryMenu { billingMonths } }', { as: viewer });
    expect(body).toEqual({ data: { me: { loginId: 'kim' }, billInquiryMenu: { billingMonths: ['2026-11'] } } });
  });

  it('says of the rest, and of nothing else, that it cannot be had', async () => {
    const { status, text, body } = await g.ask('{ me { loginId } billInquiryMenu { currentBillingMonth } }', {
      as: viewer,
    });
    expect([status, body.data?.['me']]).toEqual([200, { loginId: 'kim' }]);
    if (replacement === '') {
      expect(body.data?.['billInquiryMenu']).toBeNull();
      expect(body.errors?.map(({ path }) => path)).toEqual([['billInquiryMenu']]);
      expect(text).not.toMatch(/Cannot query|BillInquiryMenu|127\.0/);
    } else {
      expect(body.errors).toBeUndefined();
    }
  });
});
