import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const isThere = { __resolveReference: ({ id }: { id: string }) => ({ id }) };
const months: unknown[] = [];
let g: TestGateway;
beforeAll(async () => {
  g = await aGateway({
    auth: {
      Query: { me: () => ({ id: 'usr_1', loginId: 'kim', customer: { id: 'cus_1', lines: [{ id: 'ln_1' }] } }) },
    },
    billing: {
      Line: {
        ...isThere,
        bill: (_: unknown, { billingMonth }: { readonly billingMonth: unknown }) => {
          months.push(billingMonth);
          return { __typename: 'CustomerBill', id: 'b1', billingMonth };
        },
      },
    },
  });
});
afterAll(() => g.close());

describe('A variable of the name by which the gateway names entities to subgraphs', () => {
  const bill = (more = '') =>
    `query ($representations: YearMonth${more}) { me { customer { lines { bill(billingMonth: $representations) { ... on CustomerBill { billingMonth } } } } } }`;
  const answer = (billingMonth: string) => ({
    data: { me: { customer: { lines: [{ bill: { billingMonth } }] } } },
  });
  const ask = async (query: string, variables: Record<string, unknown>) =>
    (await g.ask(query, { as: aViewer(), variables })).body;

  it('is like any other, also where entities are asked for', async () => {
    expect(await ask(bill(), { representations: '2026-09' })).toEqual(answer('2026-09'));
    expect(await ask(bill(), { representations: '2026-08', _representations: '2026-01' })).toEqual(answer('2026-08'));
    expect(await ask(bill(' = "2026-07"'), {})).toEqual(answer('2026-07'));
    const both = bill(', $_representations: Boolean!').replace('me {', 'me { id @skip(if: $_representations)');
    expect(await ask(both, { representations: '2026-06', _representations: true })).toEqual(answer('2026-06'));
    expect(months).toEqual(['2026-09', '2026-08', '2026-07', '2026-06']);
  });

  it('is held against its type like any other', async () => {
    const { errors } = await ask(bill(), { representations: { x: 1 } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'representations' } }]);
  });

  it('may be asked for about the schema', async () => {
    const type = 'query ($representations: String!) { me { id } __type(name: $representations) { name } }';
    expect(await ask(type, { representations: 'User' })).toEqual({
      data: { me: { id: 'usr_1' }, __type: { name: 'User' } },
    });
  });
});
