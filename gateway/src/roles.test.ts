import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@supergraph/platform/identity';

import { roles, type Role, type RoleName } from './roles.ts';
import { aGateway, type Reply, type TestGateway } from './testing/a-gateway.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';

const everyScope = ['BILL_INQUIRY', 'PRODUCT_CHANGE', 'ADMIN', 'ORDER_SETTLEMENT'];
const menu = '{ billInquiryMenu { billingMonths } }';
const held = '{ heldProductOrders { totalCount } }';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway(
    {
      auth: {
        Query: { me: () => ({ id: 'usr_1', loginId: 'kim' }) },
        Mutation: {
          login: () => ({ __typename: 'LoginSucceeded' }),
          logout: () => ({ __typename: 'LoggedOut', endedSessionCount: 1 }),
        },
      },
      billing: {
        Query: { billInquiryMenu: () => ({ billingMonths: ['2026-11'] }) },
        Mutation: { createBillInquiry: () => ({ __typename: 'LineNotFound', code: 'NOT_FOUND' }) },
      },
      product: { Query: { heldProductOrders: () => ({ totalCount: 3 }) } },
    },
    { INTROSPECTION: 'false' },
  );
});
afterAll(() => g.close());

/** Somebody of a role whose token claims every scope there is. */
function whoIs(role: RoleName): { readonly as?: Viewer } {
  if (role === 'ANONYMOUS') return {};
  return { as: aViewer({ role, scopes: everyScope, customerId: role === 'CUSTOMER' ? 'cus_1' : null }) };
}
const code = ({ body }: Reply): unknown => body.errors?.[0]?.extensions['code'] ?? 'OK';
const ask = async (role: RoleName, query: string) => code(await g.ask(query, whoIs(role)));

describe.each(Object.values(roles))('$name', (role: Role) => {
  const { name, limits } = role;
  const isNobody = name === 'ANONYMOUS';

  it('holds the scopes of its row and no other, whatever the token claims', async () => {
    const granted = (scope: string) => role.scopes.includes(scope);
    const refused = isNobody ? 'UNAUTHENTICATED' : 'FORBIDDEN';
    const maySeeBills = granted('BILL_INQUIRY') || granted('ADMIN');
    expect(await ask(name, menu)).toBe(maySeeBills ? 'OK' : refused);
    if (role.variant === 'internal') expect(await ask(name, held)).toBe(granted('ORDER_SETTLEMENT') ? 'OK' : refused);
  });

  it(role.allowsIntrospection ? 'may ask what the schema is' : 'may not ask what the schema is', async () => {
    expect(await ask(name, '{ __schema { queryType { name } } }')).toBe(
      role.allowsIntrospection ? 'OK' : 'INTROSPECTION_DISABLED',
    );
  });

  it(`has the schema of the ${role.variant} contract`, async () => {
    const isThere = role.variant === 'internal';
    expect((await ask(name, held)) === 'GRAPHQL_VALIDATION_FAILED').toBe(!isThere);
    if (!role.allowsIntrospection) return;
    const { text } = await g.ask(
      '{ __schema { types { name } } __type(name: "Query") { fields { name } } }',
      whoIs(name),
    );
    for (const hidden of ['heldProductOrders', 'HeldProductOrder', 'SettlementInvalid', 'ProductOrderOutcome']) {
      expect([hidden, text.includes(`"${hidden}"`)]).toEqual([hidden, isThere]);
    }
    expect(text).toContain('"ProductOrder"');
  });

  it(`may use ${String(limits.maxAliases)} aliases and ${String(limits.maxRootFields)} root fields`, async () => {
    const aliases = (count: number) =>
      `{ me { ${Array.from({ length: count }, (_, at) => `a${String(at)}: id`).join(' ')} } }`;
    expect(await ask(name, aliases(limits.maxAliases))).toBe(isNobody ? 'UNAUTHENTICATED' : 'OK');
    expect(await ask(name, aliases(limits.maxAliases + 1))).toBe('TOO_MANY_ALIASES');
    const roots = (count: number) =>
      `{ ${Array.from({ length: count }, (_, at) => (at === 0 ? 'me { id }' : `r${String(at)}: me { id }`)).join(' ')} }`;
    expect(await ask(name, roots(limits.maxRootFields))).toBe(isNobody ? 'UNAUTHENTICATED' : 'OK');
    expect(await ask(name, roots(limits.maxRootFields + 1))).toBe('QUERY_TOO_COMPLEX');
  });

  it(`may nest ${String(limits.maxDepth)} deep`, async () => {
    const lines = (levels: number) => `{ me { customer { lines { ${bills(levels - 3)} } } } }`;
    const bills = (levels: number): string =>
      levels <= 1 ? 'id' : levels === 2 ? 'customer { id }' : `customer { lines { ${bills(levels - 2)} } }`;
    expect(await ask(name, lines(limits.maxDepth + 1))).toBe('QUERY_TOO_DEEP');
    expect(await ask(name, lines(limits.maxDepth))).not.toBe('QUERY_TOO_DEEP');
  });

  it(role.isReadOnly ? 'changes nothing but its own session' : 'may change what it is allowed to see', async () => {
    const change = 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }';
    const expected = isNobody ? 'UNAUTHENTICATED' : role.isReadOnly ? 'FORBIDDEN' : 'OK';
    expect(await ask(name, change)).toBe(expected);
    const logout = 'mutation { logout(input: {}) { __typename } }';
    expect(await ask(name, logout)).toBe(isNobody ? 'UNAUTHENTICATED' : 'OK');
  });
});
