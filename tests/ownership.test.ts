import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aSupergraph, type TestSupergraph } from './support/a-supergraph.ts';
import { readPlaces } from './support/guarded-places.ts';
import type { Answer } from './support/graphql-client.ts';

/** What belongs to testuser03, for the places to name. */
interface Belongings {
  readonly lineId: string;
  readonly customerId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly billId: string;
  readonly inquiryId: string;
  readonly orderId: string;
  readonly productId: string;
}

type Outcome = 'seen' | 'absent' | 'refused';

/** How a place is asked, and what each caller gets. */
interface Case {
  readonly ask: (own: Belongings) => readonly [operation: string, variables?: Readonly<Record<string, unknown>>];
  /** Sees, unless it is a place for staff. */
  readonly owner?: Outcome;
  readonly other: Outcome;
  /** Staff with every right, and no line of their own. */
  readonly operator: Outcome;
  /** Staff without rights to either service. */
  readonly analyst: Outcome;
  /** Is not in the schema of anybody else than operators. */
  readonly isInternal?: true;
}

const aLine =
  (selection: string): Case['ask'] =>
  ({ lineId }) => ['query ($id: ID!) { line(id: $id) { ' + selection + ' } }', { id: lineId }];

const ofOneself = (operation: string): Case => ({
  ask: () => [operation],
  other: 'seen',
  operator: 'seen',
  analyst: 'seen',
});
const onlyTheOwner = (ask: Case['ask'], analyst: Outcome = 'absent'): Case => ({
  ask,
  other: 'absent',
  operator: 'absent',
  analyst,
});
const forEverybodySignedIn = ofOneself;
/** `operator`: what staff get who ask about something of a customer's that was never handed to them. */
const forOperatorsAlone = (ask: Case['ask'], operator: Outcome): Case => ({
  ask,
  owner: 'refused',
  other: 'refused',
  operator,
  analyst: 'refused',
  isInternal: true,
});

const input = '($input: CreateBillInquiryInput!)';

/** Every field that takes or leads to something owned. A new one fails the first test below until it is listed here. */
const cases: Readonly<Record<string, Case>> = {
  'Query.me': ofOneself('{ me { id } }'),
  'Query.servicePermission': ofOneself('{ servicePermission(service: BILL_INQUIRY) { service } }'),
  'Query.line': onlyTheOwner(aLine('id phoneNumber')),
  'Query.billInquiryMenu': { ...ofOneself('{ billInquiryMenu { lines { id } } }'), analyst: 'refused' },
  'Query.billInquiry': onlyTheOwner(
    ({ inquiryId }) => ['query ($id: ID!) { billInquiry(id: $id) { id } }', { id: inquiryId }],
    'refused',
  ),
  'Query.productChangeMenu': { ...ofOneself('{ productChangeMenu { lines { id } } }'), analyst: 'refused' },
  'Query.productOfferings': forEverybodySignedIn('{ productOfferings { totalCount } }'),
  'Query.productOffering': forEverybodySignedIn('{ productOffering(id: "5G-PREMIUM-001") { id } }'),
  'Query.productOrder': onlyTheOwner(
    ({ orderId }) => ['query ($id: ID!) { productOrder(id: $id) { id } }', { id: orderId }],
    'refused',
  ),
  'Query.heldProductOrders': forOperatorsAlone(() => ['{ heldProductOrders { totalCount } }'], 'seen'),
  'Mutation.settleProductOrder': forOperatorsAlone(
    ({ orderId }) => [
      `mutation ($input: SettleProductOrderInput!) { settleProductOrder(input: $input) {
        ... on ProductOrder { id } ... on UserError { code } } }`,
      { input: { productOrderId: orderId, outcome: 'FAILED', evidence: 'a guess', isKosSilenceAccepted: true } },
    ],
    'absent',
  ),
  'Mutation.createBillInquiry': onlyTheOwner(
    ({ lineId }) => [
      `mutation ${input} { createBillInquiry(input: $input) { ... on BillInquiry { id } ... on UserError { code } } }`,
      { input: { lineId } },
    ],
    'refused',
  ),
  'Mutation.checkProductOfferingQualification': onlyTheOwner(
    ({ lineId }) => [
      `mutation ($input: CheckProductOfferingQualificationInput!) { checkProductOfferingQualification(input: $input) {
        ... on ProductOfferingQualification { result } ... on UserError { code } } }`,
      { input: { lineId, productOfferingId: 'LTE-BASIC-001' } },
    ],
    'refused',
  ),
  'Mutation.createProductOrder': onlyTheOwner(
    ({ lineId }) => [
      `mutation ($input: CreateProductOrderInput!) { createProductOrder(input: $input) {
        ... on ProductOrder { id } ... on UserError { code } } }`,
      { input: { lineId, productOfferingId: 'LTE-BASIC-001', externalId: 'a wish' } },
    ],
    'refused',
  ),
  'Mutation.revokeSession': onlyTheOwner(({ sessionId }) => [
    `mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) {
      ... on SessionRevoked { sessionId } ... on UserError { code } } }`,
    { input: { sessionId } },
  ]),
  'Mutation.createStepUp': {
    ...ofOneself(
      `mutation { createStepUp(input: { challenge: "${'A'.repeat(43)}", password: "a guess" }) { __typename } }`,
    ),
    analyst: 'refused',
  },
  'Mutation.logout': ofOneself('mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } }'),
  'User.customer': { ...ofOneself('{ me { customer { id } } }'), operator: 'absent', analyst: 'absent' },
  'User.sessions': ofOneself('{ me { sessions { id } } }'),
  'User.permissions': ofOneself('{ me { permissions { service } } }'),
  'Customer.lines': { ...ofOneself('{ me { customer { lines { id } } } }'), operator: 'absent', analyst: 'absent' },
  'Customer.profile': {
    ...ofOneself('{ me { customer { profile { name } } } }'),
    operator: 'absent',
    analyst: 'absent',
  },
  'Customer.communicationMessages': {
    ...ofOneself('{ me { customer { communicationMessages { totalCount } } } }'),
    operator: 'absent',
    analyst: 'absent',
  },
  'Line.phoneNumber': onlyTheOwner(aLine('phoneNumber')),
  'Line.bill': onlyTheOwner(aLine('bill { __typename }')),
  'Line.bills': onlyTheOwner(aLine('bills(first: 1) { totalCount }')),
  'Line.billInquiries': onlyTheOwner(aLine('billInquiries { totalCount }')),
  'Line.currentProduct': onlyTheOwner(aLine('currentProduct { id }')),
  'Line.changeableProductOfferings': onlyTheOwner(aLine('changeableProductOfferings { totalCount }')),
  'Line.productOrders': onlyTheOwner(aLine('productOrders { totalCount }')),
};

/** What an answer amounts to for whoever asked. */
/** A field that is not in somebody's schema cannot be told from one that does not exist. */
const refusals: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'GRAPHQL_VALIDATION_FAILED']);

/** An answer but for what differs between any two. */
const withoutTrace = ({ body }: Answer): unknown =>
  JSON.parse(JSON.stringify(body, (name, value: unknown) => (name === 'traceId' ? undefined : value)));

function outcomeOf({ data, errors }: Answer): Outcome {
  if (errors.some(({ extensions }) => refusals.has(extensions.code))) return 'refused';
  const text = JSON.stringify(data);
  const endsInNothing = /:null\}+$/.test(text);
  return endsInNothing || /"(ORDER_)?NOT_FOUND"/.test(text) ? 'absent' : 'seen';
}

describe('who sees what', () => {
  let graph: TestSupergraph;
  let own: Belongings;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    graph = await aSupergraph({ KOS_LATENCY_SCALE: '0.01' });
    for (const loginId of ['testuser01', 'testuser03', 'operator01', 'analyst01']) {
      tokens[loginId] = await graph.logIn(loginId);
    }
    own = await makeBelongings();
  });
  afterAll(() => graph.close());

  /** testuser01 is the owner here: one line, a bill, an inquiry, an order. */
  async function makeBelongings(): Promise<Belongings> {
    const owner = { token: tokens['testuser01'] ?? '' };
    const { data: who } = await graph.ask(
      '{ me { id customer { id lines { id bill { ... on CustomerBill { id } } currentProduct { id } } } sessions { id } } }',
      {},
      owner,
    );
    const line = who['me']?.['customer']?.['lines']?.[0];
    const lineId = line?.['id'] ?? '';
    const made = await graph.ask(
      `mutation ($inquiry: CreateBillInquiryInput!) { createBillInquiry(input: $inquiry) { ... on BillInquiry { id } } }`,
      { inquiry: { lineId } },
      owner,
    );
    const ordered = await graph.ask(
      `mutation ($order: CreateProductOrderInput!) { createProductOrder(input: $order) { ... on ProductOrder { id } } }`,
      { order: { lineId, productOfferingId: '5G-STANDARD-001', externalId: 'first wish' } },
      owner,
    );
    const text = (value: unknown): string => {
      if (typeof value !== 'string')
        throw new Error(`nothing to own: ${JSON.stringify([who, made.body, ordered.body])}`);
      return value;
    };
    return {
      lineId: text(lineId),
      customerId: text(who['me']?.['customer']?.['id']),
      userId: text(who['me']?.['id']),
      sessionId: text(who['me']?.['sessions']?.[0]?.['id']),
      billId: text(line?.['bill']?.['id']),
      inquiryId: text(made.data['createBillInquiry']?.['id']),
      orderId: text(ordered.data['createProductOrder']?.['id']),
      productId: text(line?.['currentProduct']?.['id']),
    };
  }

  const askAs = async (loginId: string | null, place: Case, about: Belongings): Promise<Answer> => {
    const [operation, variables] = place.ask(about);
    return await graph.ask(operation, variables, loginId === null ? {} : { token: tokens[loginId] ?? '' });
  };

  it('is answered for every field that takes or leads to something owned', () => {
    expect(Object.keys(cases).sort()).toEqual([...readPlaces()].sort());
  });

  const nothing: Belongings = {
    lineId: 'ln_AAAAAAAAAAAAAAAAAAAAAA',
    customerId: 'CUST999',
    userId: 'nobody',
    sessionId: '00000000-0000-7000-8000-000000000000',
    billId: 'bill_none',
    inquiryId: '00000000-0000-7000-8000-000000000000',
    orderId: '00000000-0000-7000-8000-000000000000',
    productId: 'prd_none',
  };

  describe.each(
    Object.entries(cases).filter(
      ([place]) => !place.startsWith('Mutation.logout') && !place.startsWith('Mutation.revoke'),
    ),
  )('%s', (_place, place) => {
    it(`is ${place.owner ?? 'seen'} for its owner`, async () => {
      expect(outcomeOf(await askAs('testuser01', place, own))).toBe(place.owner ?? 'seen');
    });

    it(`is ${place.other} for another customer, exactly as if it did not exist`, async () => {
      const foreign = await askAs('testuser03', place, own);
      expect(outcomeOf(foreign)).toBe(place.other);
      if (place.other !== 'absent') return;
      expect(withoutTrace(foreign)).toEqual(withoutTrace(await askAs('testuser03', place, nothing)));
    });

    it(`is ${place.operator} for an operator and ${place.analyst} for an analyst`, async () => {
      expect(outcomeOf(await askAs('operator01', place, own))).toBe(place.operator);
      expect(outcomeOf(await askAs('analyst01', place, own))).toBe(place.analyst);
    });

    it('is refused without a token', async () => {
      const answer = await askAs(null, place, own);
      const refusal = place.isInternal ? [400, 'GRAPHQL_VALIDATION_FAILED'] : [401, 'UNAUTHENTICATED'];
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual(refusal);
    });
  });

  it('lets nobody end another’s session', async () => {
    const revoke = cases['Mutation.revokeSession'];
    if (revoke === undefined) throw new Error('not listed');
    expect((await askAs('testuser03', revoke, own)).body).toEqual((await askAs('testuser03', revoke, nothing)).body);
    expect(outcomeOf(await askAs('testuser01', revoke, own))).toBe('seen');
  });
});
