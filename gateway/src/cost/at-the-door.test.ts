import process from 'node:process';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operationIdOf, readManifests } from '@supergraph/schema/operation-manifest';
import { getIntrospectionQuery } from 'graphql';

import { aGateway, type Ask, type TestGateway } from '../testing/a-gateway.ts';
import { asking, errorsIn, send } from '../testing/bad-request.ts';
import { aViewer, type Resolvers } from '../testing/stand-in-subgraphs.ts';

const line = (_: unknown, { id }: { id: string }) => ({ id });
const isThere = { __resolveReference: ({ id }: { id: string }) => ({ id }) };
const auth: Resolvers = {
  Query: { me: () => ({ id: 'usr_1' }), line },
  Line: { ...isThere, phoneNumber: () => '010-1234-5678' },
};
const billing: Resolvers = {
  Query: {
    line,
    billInquiryMenu: () => ({
      lines: [{ id: 'ln_1' }, { id: 'ln_2' }],
      currentBillingMonth: '2026-11',
      billingMonths: ['2026-11'],
    }),
  },
  Line: isThere,
};
const product: Resolvers = { Query: { line }, Line: isThere };

let g: TestGateway;
let measuring: TestGateway;
let bound: TestGateway;
beforeAll(async () => {
  g = await aGateway({ auth, billing, product });
  measuring = await aGateway({ auth, billing, product }, { COST_MODE: 'measure' });
  bound = await aGateway({ auth, billing, product }, { PERSISTED_OPERATIONS: 'web=safelist,ios=id-only,*=safelist' });
});
afterAll(() => Promise.all([g, measuring, bound].map((each) => each.close())));

const customer = { as: aViewer() };
const developer = { as: aViewer({ role: 'DEVELOPER', customerId: null, scopes: [] }) };
const analyst = { as: aViewer({ role: 'ANALYST', customerId: null }) };

/** Ten lines, each with the bill of every month there is. */
const dear = `{ ${Array.from({ length: 10 }, (_, at) => `a${at}: line(id: "ln_1") { bills(first: 7) { edges { node { items { name } discounts { name } usage { used } } } } }`).join(' ')} }`;
const cheap = '{ billInquiryMenu { lines { id } } }';

describe('An operation that costs too much', () => {
  const refusalIn = async (query: string, asks: Ask) => (await g.ask(query, asks)).body.errors?.[0]?.extensions;

  it('is refused, and a customer is not told by how much', async () => {
    expect((await g.ask(dear, customer)).status).toBe(400);
    const refusal = await refusalIn(dear, customer);
    expect(refusal).toMatchObject({ code: 'OPERATION_TOO_EXPENSIVE', retryable: false });
    expect(refusal).not.toHaveProperty('cost');
  });

  it('is refused with the numbers to those who build clients', async () => {
    expect(await refusalIn(dear, developer)).toMatchObject({
      code: 'OPERATION_TOO_EXPENSIVE',
      cost: { estimated: 10 * (1 + 1 + 7 * (10 + 1 + 10 + 5 + 3)), allowed: 2_000 },
    });
  });

  it('runs while costs are only measured, and is written down', async () => {
    const { body } = await measuring.ask(dear, customer);
    expect((body.errors ?? []).map(({ extensions }) => extensions['code'])).not.toContain('OPERATION_TOO_EXPENSIVE');
    const told = measuring.logged.find((each) => each.includes('too expensive'));
    expect(JSON.parse(told ?? '{}')).toMatchObject({ role: 'CUSTOMER', allowed: 500 });
  });

  it('depends on how much is wished for', async () => {
    const query = 'query ($n: Int!) { productOfferings(first: $n) { edges { node { id allowances { type } } } } }';
    const code = async (n: number) =>
      (await g.ask(query, { ...customer, variables: { n } })).body.errors?.[0]?.extensions['code'];
    expect(await code(1_000_000)).toBe('OPERATION_TOO_EXPENSIVE');
    expect(await code(5)).not.toBe('OPERATION_TOO_EXPENSIVE');
  });
});

describe('A question about the schema', () => {
  const partner = { as: aViewer({ role: 'PARTNER', userId: 'usr_partner', customerId: null, scopes: [] }) };
  const listsInLists = `{ __schema { types { ...L fields { args { type { ...L ofType { ...L } } } type { ...L ofType { ...L ofType { ...L } } } } } } }
    fragment L on __Type { inputFields { ...V } enumValues { name description } possibleTypes { ...T } interfaces { ...T }
      fields { name description args { ...V } type { ...T ofType { ...T ofType { ...T } } } } }
    fragment V on __InputValue { name description defaultValue type { ...T ofType { ...T ofType { ...T } } } }
    fragment T on __Type { kind name description }`;

  it('costs the more the more there is to tell, so that what tools ask is counted and a multiple of that is refused', async () => {
    const left = async (query: string) => Number((await g.ask(query, partner)).headers.get('ratelimit-remaining'));
    const before = await left('{ __typename }');
    expect(await left(getIntrospectionQuery())).toBe(before - 3);
    expect(await left('{ __type(name: "User") { name fields { name } } }')).toBe(before - 4);
    const refused = await g.ask(listsInLists, partner);
    expect(refused.body.errors?.[0]?.extensions['code']).toBe('OPERATION_TOO_EXPENSIVE');
  });

  it('may be asked in development by whoever has not signed in', async () => {
    expect((await g.ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }))).status).toBe(200);
  });
});

describe('What an answer cost', () => {
  it('is shown to those who explore, against the estimate', async () => {
    expect((await g.ask(cheap, analyst)).body.extensions).toEqual({ cost: { estimated: 6, actual: 3 } });
  });

  it('is nobody else’s business', async () => {
    expect((await g.ask(cheap, customer)).body).not.toHaveProperty('extensions');
  });
});

describe('Clients that are bound to what they registered', () => {
  const [main] = readManifests().flatMap(({ operations }) => operations.filter(({ name }) => name === 'BillMenu'));
  if (main === undefined) throw new Error('the web client has no menu');
  const codeOf = async (body: object, name: string, asks: Ask = customer): Promise<unknown> => {
    const authorization = asks.as === undefined ? {} : { authorization: `Bearer ${bound.tokenOf(asks.as)}` };
    const headers = { ...authorization, 'apollographql-client-name': name };
    const reply = await bound.post(JSON.stringify(body), headers);
    return reply.body.errors?.[0]?.extensions['code'] ?? Object.keys(reply.body.data ?? {});
  };
  const menu = ['billInquiryMenu'];

  it('ask by an id, in each way that clients write it', async () => {
    const persistedQuery = { version: 1, sha256Hash: main.id };
    expect(await codeOf({ extensions: { persistedQuery } }, 'web')).toEqual(menu);
    expect(await codeOf({ documentId: `sha256:${main.id}` }, 'web')).toEqual(menu);
    expect(await codeOf({ id: main.id }, 'web')).toEqual(menu);
  });

  it('ask by the text in their own layout, unless they are bound to ids', async () => {
    const query = main.body.replaceAll(/\s+/g, ' ');
    expect(await codeOf({ query }, 'web')).toEqual(menu);
    expect(await codeOf({ query }, 'ios')).toBe('OPERATION_NOT_REGISTERED');
  });

  it('ask nothing else, under no name, and learn nothing about the schema by trying', async () => {
    for (const name of ['web', 'ios', 'somebody']) {
      expect(await codeOf({ query: cheap }, name)).toBe('OPERATION_NOT_REGISTERED');
      expect(await codeOf({ query: '{ noSuchField }' }, name, {})).toBe('OPERATION_NOT_REGISTERED');
      expect(await codeOf({ documentId: operationIdOf(cheap) }, name)).toBe('PERSISTED_QUERY_NOT_FOUND');
      expect(await codeOf({ documentId: operationIdOf(cheap), query: main.body }, name)).toBe(
        'PERSISTED_QUERY_MISMATCH',
      );
    }
  });

  it('explore in the hands of an analyst', async () => {
    expect(await codeOf({ query: cheap }, 'web', analyst)).toEqual(menu);
  });
});

/**
 * The best of some attempts. Of the processor, all threads together, at most as much is used as the loop may have stood
 * still: that is told alike on an idle machine and on one with other work.
 */
async function bestOf(attempts: number, run: () => Promise<number>): Promise<{ busyMs: number; tookMs: number }> {
  const seen: { readonly busyMs: number; readonly tookMs: number }[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = process.cpuUsage();
    const tookMs = await run();
    const { user, system } = process.cpuUsage(before);
    seen.push({ busyMs: (user + system) / 1_000, tookMs });
  }
  return {
    busyMs: Math.min(...seen.map(({ busyMs }) => busyMs)),
    tookMs: Math.min(...seen.map(({ tookMs }) => tookMs)),
  };
}

const repeat = (times: number, part: (at: number) => string) =>
  Array.from({ length: times }, (_, at) => part(at)).join(' ');

/** Fragments that double at each step. */
const bomb = (steps: number) =>
  `{ me { ...f0 } } ${repeat(steps, (at) => `fragment f${at} on User { ${at + 1 === steps ? 'id' : `...f${at + 1} ...f${at + 1}`} }`)}`;
const deep = (levels: number) => `{ ${'me { '.repeat(levels)} id ${'}'.repeat(levels)} }`;

const attacks: readonly (readonly [string, string])[] = [
  ...[4, 8, 9, 12, 20, 30, 40, 50, 60].map((steps) => [`a bomb of 2^${steps}`, bomb(steps)] as const),
  ['1,000 log-ins', `mutation($i:LoginInput!){${repeat(1_000, (at) => `a${at}:login(input:$i){__typename}`)}}`],
  ...[11, 20, 26, 200, 2_000].map((levels) => [`${levels} levels`, deep(levels)] as const),
  ['500 spreads of the same fragment', `{ me { ${'...f '.repeat(400)} } } fragment f on User { id }`],
  ['fragments that spread all that follow', chain(14)],
];

/** Fragments each of which spreads every later one twice. */
function chain(count: number): string {
  const spreads = (from: number) => repeat(count - from, (at) => `...f${from + at} ...f${from + at}`);
  return `{ me { ...f0 } } ${repeat(count, (at) => `fragment f${at} on User { id ${spreads(at + 1)} }`)}`;
}

describe('An attack by size', () => {
  it.each(attacks)('(%s) is refused in 50 ms, and the loop goes on', async (_what, query) => {
    const { busyMs, tookMs } = await bestOf(5, async () => {
      const reply = await send(g.url, asking(query));
      expect([400, 401, 413]).toContain(reply.status);
      expect(errorsIn(reply.text)).toHaveLength(1);
      return reply.tookMs;
    });
    expect(tookMs).toBeLessThan(50);
    expect(busyMs).toBeLessThan(50);
  });
});
