import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import fc from 'fast-check';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const ownLine = 'ln_own';
const bill = { __typename: 'CustomerBill', id: 'b1', billingMonth: '2026-10' };

/** Every fetch that reached a subgraph, by the fields it resolved. */
const resolved: string[] = [];
const seen =
  <Value>(place: string, value: Value) =>
  (): Value => {
    resolved.push(place);
    return value;
  };

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({
    auth: {
      Query: { me: seen('me', { id: 'usr_1', loginId: 'kim' }), line: seen('auth line', { id: ownLine }) },
      Mutation: {
        login: (_: unknown, __: unknown, context: { viewer: unknown }) => {
          resolved.push('login');
          context.viewer = aViewer();
          return {
            __typename: 'LoginSucceeded',
            tokens: { accessToken: 'a', refreshToken: 'r' },
            user: { id: 'usr_1', loginId: 'kim' },
          };
        },
        logout: seen('logout', { __typename: 'LoggedOut', endedSessionCount: 1 }),
      },
    },
    billing: {
      Query: {
        line: seen('billing line', { id: ownLine }),
        billInquiryMenu: seen('menu', { lines: [], currentBillingMonth: '2026-11', billingMonths: ['2026-11'] }),
        billInquiry: seen('inquiry', { id: 'q1', failure: { __typename: 'BackendUnavailable', code: 'KOS_BUSY' } }),
      },
      Line: { bill: seen('bill', bill) },
      Mutation: { createBillInquiry: seen('create', { __typename: 'LineNotFound', code: 'NOT_FOUND' }) },
    },
    product: {
      Query: { heldProductOrders: seen('held', { totalCount: 3, edges: [] }), line: () => ({ id: ownLine }) },
    },
  });
  g.desk.lineIds = [ownLine];
});
afterAll(() => g.close());
beforeEach(() => {
  resolved.length = 0;
});

const withoutBills = () => aViewer({ scopes: ['PRODUCT_CHANGE'] });
const codes = (body: Awaited<ReturnType<TestGateway['ask']>>['body']) =>
  body.errors?.map(({ path, extensions }) => [path?.join('.') ?? null, extensions['code']]);

describe('Whoever is not signed in', () => {
  it('gets null and a coded error for each field, and no subgraph is asked', async () => {
    const { status, body } = await g.ask('{ me { loginId } menu: billInquiryMenu { currentBillingMonth } }');
    expect(status).toBe(401);
    expect(body.data).toEqual({ me: null, menu: null });
    expect(codes(body)).toEqual([
      ['me', 'UNAUTHENTICATED'],
      ['menu', 'UNAUTHENTICATED'],
    ]);
    expect(resolved).toEqual([]);
  });

  it('may sign in, and see in the same operation who it is that signed in', async () => {
    const { status, body } = await g.ask(
      'mutation { login(input: { loginId: "kim", password: "long enough" }) { ... on LoginSucceeded { tokens { accessToken } user { loginId } } } }',
    );
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(body.data).toEqual({ login: { tokens: { accessToken: 'a' }, user: { loginId: 'kim' } } });
  });

  it('does not sign in by an operation that asks for what being signed in is not enough for', async () => {
    const { body } = await g.ask(
      'mutation { login(input: { loginId: "kim", password: "long enough" }) { ... on LoginSucceeded { user { customer { lines { bill { __typename } } } } } } }',
    );
    expect(codes(body)).toEqual([['login.user.customer.lines.bill', 'UNAUTHENTICATED']]);
    expect(resolved).toEqual([]);
  });

  it('signs in although the request still carries a token that is no good', async () => {
    const reply = await g.ask('mutation { login(input: { loginId: "kim", password: "long enough" }) { __typename } }', {
      headers: { authorization: 'Bearer a.b.c' },
    });
    expect(reply.status).toBe(200);
    expect((await g.ask('{ me { id } }', { headers: { authorization: 'Bearer a.b.c' } })).status).toBe(401);
  });
});

describe('A query', () => {
  it('loses the fields its asker may not see, in the place where they would have been', async () => {
    const { status, body } = await g.ask(
      'query ($id: ID!) { a: line(id: $id) { first: bill { __typename } id } me { loginId } billInquiryMenu { billingMonths } }',
      { as: withoutBills(), variables: { id: ownLine } },
    );
    expect(status).toBe(200);
    expect(JSON.stringify(body.data)).toBe(
      JSON.stringify({ a: { first: null, id: ownLine }, me: { loginId: 'kim' }, billInquiryMenu: null }),
    );
    expect(codes(body)).toEqual([
      ['a.first', 'FORBIDDEN'],
      ['billInquiryMenu', 'FORBIDDEN'],
    ]);
    expect(resolved).not.toContain('bill');
    expect(resolved).not.toContain('menu');
  });

  it('does not lose what @skip or @include leave out anyway', async () => {
    const query = 'query ($no: Boolean!) { me { id } billInquiryMenu @include(if: $no) { billingMonths } }';
    const { body } = await g.ask(query, { as: withoutBills(), variables: { no: false } });
    expect(body).toEqual({ data: { me: { id: 'usr_1' } } });
  });

  it('is planned anew for whoever may see all of it', async () => {
    const query = '{ me { id } billInquiryMenu { billingMonths } }';
    expect(codes((await g.ask(query, { as: withoutBills() })).body)).toHaveLength(1);
    expect((await g.ask(query, { as: aViewer() })).body).toEqual({
      data: { me: { id: 'usr_1' }, billInquiryMenu: { billingMonths: ['2026-11'] } },
    });
    expect(codes((await g.ask(query, { as: withoutBills() })).body)).toHaveLength(1);
  });

  it('loses fields below fragments of abstract types where they apply, and nowhere else', async () => {
    const { body } = await g.ask(
      '{ billInquiry(id: "q1") { id failure { ... on BackendUnavailable { code } ... on BillNotIssued { billingMonth } ...E } } } fragment E on UserError { said: code }',
      { as: aViewer() },
    );
    expect(body).toEqual({ data: { billInquiry: { id: 'q1', failure: { code: 'KOS_BUSY', said: 'KOS_BUSY' } } } });
  });
});

describe('A query that loses fields', () => {
  it.each([
    ['__proto__: loginId constructor: id', '{"__proto__":"kim","constructor":"usr_1"}'],
    ['__supergraph_typename: loginId ... on User { id }', '{"__supergraph_typename":"kim","id":"usr_1"}'],
    [
      '... on User { ___supergraph_typename: id } __supergraph_typename: loginId',
      '{"___supergraph_typename":"usr_1","__supergraph_typename":"kim"}',
    ],
  ])('has the others under whatever names its asker gave them: %s', async (fields, shown) => {
    const { body } = await g.ask(`{ me { ${fields} } billInquiryMenu { billingMonths } }`, { as: withoutBills() });
    expect(codes(body)).toEqual([['billInquiryMenu', 'FORBIDDEN']]);
    expect(JSON.stringify(body.data?.['me'])).toBe(shown);
  });
});

describe('A line', () => {
  it('of somebody else is not asked for: it is told like one that does not exist', async () => {
    const ask = (id: string) =>
      g.ask('query ($id: ID!) { line(id: $id) { id bill { __typename } } }', { as: aViewer(), variables: { id } });
    for (const id of ['ln_of_another', 'ln_of_nobody']) {
      const { status, body } = await ask(id);
      expect([status, body.data, codes(body)]).toEqual([200, { line: null }, [['line', 'NOT_FOUND']]]);
    }
    expect(resolved).toEqual([]);
    expect((await ask(ownLine)).body.errors).toBeUndefined();
  });

  it('is looked at by its id, wherever the id stands', async () => {
    const viewer = aViewer();
    const inText = await g.ask('{ own: line(id: "ln_own") { id } other: line(id: "ln_other") { id } }', { as: viewer });
    expect([inText.body.data, codes(inText.body)]).toEqual([
      { own: { id: ownLine }, other: null },
      [['other', 'NOT_FOUND']],
    ]);
    const byDefault = await g.ask('query ($id: ID! = "ln_other") { line(id: $id) { id } }', { as: viewer });
    expect(codes(byDefault.body)).toEqual([['line', 'NOT_FOUND']]);
  });
});

describe('A mutation', () => {
  it('with one field its asker may not see is refused whole, before anything happens', async () => {
    const { status, body } = await g.ask(
      'mutation { logout(input: {}) { ... on LoggedOut { endedSessionCount } } createBillInquiry(input: { lineId: "ln_own" }) { __typename } }',
      { as: withoutBills() },
    );
    expect(status).toBe(403);
    expect(body.data ?? null).toBeNull();
    expect(codes(body)).toEqual([['createBillInquiry', 'FORBIDDEN']]);
    expect(resolved).toEqual([]);
  });

  it('is refused for a field deep in what it answers, too', async () => {
    const { body } = await g.ask(
      'mutation { createBillInquiry(input: { lineId: "ln_own" }) { ... on BillInquiry { line { productOrders { totalCount } } } } }',
      { as: aViewer({ scopes: ['BILL_INQUIRY'] }) },
    );
    expect(codes(body)).toEqual([['createBillInquiry.line.productOrders', 'FORBIDDEN']]);
    expect(resolved).toEqual([]);
  });
});

describe('What an asker of any scopes gets of any selection', () => {
  const scopes = fc.subarray(['BILL_INQUIRY', 'PRODUCT_CHANGE']);
  const parts = fc.subarray(
    ['me { id }', 'billInquiryMenu { billingMonths }', 'line(id: "ln_own") { id bill { __typename } }'],
    {
      minLength: 1,
    },
  );

  it('has the shape that was asked for, and its bills just when they hold the scope for bills', async () => {
    await fc.assert(
      fc.asyncProperty(scopes, parts, async (held, selected) => {
        resolved.length = 0;
        const { body } = await g.ask(`{ ${selected.join(' ')} }`, { as: aViewer({ scopes: held }) });
        const keys = (
          parse(`{ ${selected.join(' ')} }`).definitions[0] as OperationDefinitionNode
        ).selectionSet.selections.map((field) => ('name' in field ? field.name.value : ''));
        expect(Object.keys(body.data ?? {})).toEqual(keys);
        const maySee = held.includes('BILL_INQUIRY');
        const [wantsMenu, wantsBill] = [keys.includes('billInquiryMenu'), keys.includes('line')];
        expect([resolved.includes('menu'), resolved.includes('bill')]).toEqual([
          wantsMenu && maySee,
          wantsBill && maySee,
        ]);
        expect(codes(body) ?? []).toEqual([
          ...(wantsMenu && !maySee ? [['billInquiryMenu', 'FORBIDDEN']] : []),
          ...(wantsBill && !maySee ? [['line.bill', 'FORBIDDEN']] : []),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});
