import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CodedError, type ErrorCode } from '@supergraph/platform/errors';
import { getIntrospectionQuery } from 'graphql';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { asking, errorsIn, expectRefusal, json, send, type BadRequest } from './testing/bad-request.ts';
import { aViewer, type Resolvers } from './testing/stand-in-subgraphs.ts';

const auth: Resolvers = {
  Query: {
    me: () => ({ id: 'usr_1', loginId: 'kim', permissions: [] }),
    line: (_: unknown, { id }: { id: string }) => ({ id }),
  },
  Mutation: {
    login: () => {
      throw new CodedError('RATE_LIMITED', { retryAfterMs: 2_500 });
    },
  },
};
const billing: Resolvers = {
  Query: { billInquiryMenu: () => ({ lines: [], currentBillingMonth: '2026-11', billingMonths: [] }) },
};

let g: TestGateway;
let production: TestGateway;
let overloaded: TestGateway;
beforeAll(async () => {
  g = await aGateway({ auth, billing });
  production = await aGateway({ auth, billing }, { NODE_ENV: 'production' });
  overloaded = await aGateway({}, { MAX_REQUESTS_IN_FLIGHT: '0' });
  await g.ask('{ me { id } }', { as: aViewer() });
  await production.ask('{ me { id } }');
});
afterAll(async () => {
  await g.close();
  await production.close();
  await overloaded.close();
});

const withRights =
  (scopes: readonly string[], query: string): (() => BadRequest) =>
  () => ({
    ...asking(query),
    headers: { ...json, authorization: `Bearer ${g.tokenOf(aViewer({ scopes }))}` },
  });

/** A good query under another content type, or wanting another kind of answer. */
const typed = (type: string): BadRequest => ({ ...asking('{ me { id } }'), headers: { 'content-type': type } });
const wanting = (accept: string): BadRequest => ({ ...asking('{ me { id } }'), headers: { ...json, accept } });
const aLine = 'query ($id: ID!) { line(id: $id) { id } }';

const repeat = (times: number, part: (at: number) => string, between = ' ') =>
  Array.from({ length: times }, (_, at) => part(at)).join(between);
const nested = (levels: number) => `{ me ${'{ a '.repeat(levels - 1)}${'}'.repeat(levels - 1)} }`;
const deep = (levels: number) => `${'{ me '.repeat(levels)}{ id }${' }'.repeat(levels)}`;
/** Fragments that double at each step; 1.1 KB are worth 2^40 selections. */
const bomb = (steps: number, spread = (to: number) => `...f${to} ...f${to}`) =>
  `{ me { ...f0 } } ${repeat(steps, (at) => `fragment f${at} on User { ${at + 1 === steps ? 'id' : spread(at + 1)} }`)}`;
const login = 'login(input: { loginId: "a", password: "b" }) { __typename }';

const rows: readonly (readonly [string, BadRequest | (() => BadRequest), ErrorCode])[] = [
  ['1 an empty body', { body: '' }, 'BAD_REQUEST'],
  ['1 no body', {}, 'BAD_REQUEST'],
  ['1 an empty object', { body: '{}' }, 'BAD_REQUEST'],
  ['1 an empty query', asking(''), 'BAD_REQUEST'],
  ['2 half an object', { body: '{"query":' }, 'INVALID_JSON'],
  ['2 an object and a half', { body: '{"query":"{me{id}}"}{' }, 'INVALID_JSON'],
  ['3 null', { body: 'null' }, 'BAD_REQUEST'],
  ['3 text', { body: '"x"' }, 'BAD_REQUEST'],
  ['3 numbers', { body: '[1,2]' }, 'BAD_REQUEST'],
  ['3 an empty list', { body: '[]' }, 'BAD_REQUEST'],
  ['4 a batch of two', { body: '[{"query":"{me{id}}"},{"query":"{me{id}}"}]' }, 'BATCHING_DISABLED'],
  ['4 a batch of one', { body: '[{"query":"{me{id}}"}]' }, 'BATCHING_DISABLED'],
  ['5 a number for the query', asking(123), 'BAD_REQUEST'],
  ['5 text for the variables', asking('{ me { id } }', { variables: 'x' }), 'BAD_REQUEST'],
  ['5 a list for the variables', asking('{ me { id } }', { variables: [] }), 'BAD_REQUEST'],
  ['5 a number for the name', asking('{ me { id } }', { operationName: 5 }), 'BAD_REQUEST'],
  ['5 text for the extensions', asking('{ me { id } }', { extensions: 'x' }), 'BAD_REQUEST'],
  ['6 200 KB', asking(`{ me { id } } #${'x'.repeat(200_000)}`), 'PAYLOAD_TOO_LARGE'],
  ['6 33 KB', asking(`{ me { id } } #${'x'.repeat(33_000)}`), 'PAYLOAD_TOO_LARGE'],
  ['7 text/plain', typed('text/plain'), 'UNSUPPORTED_MEDIA_TYPE'],
  ['7 a form', typed('application/x-www-form-urlencoded'), 'UNSUPPORTED_MEDIA_TYPE'],
  ['7 multipart', typed('multipart/form-data; boundary=x'), 'UNSUPPORTED_MEDIA_TYPE'],
  ['7 no content type', { ...asking('{me{id}}'), headers: {} }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['7 a broken one', typed(';;/'), 'UNSUPPORTED_MEDIA_TYPE'],
  ['8 UTF-7', typed('application/json; charset=utf-7'), 'UNSUPPORTED_MEDIA_TYPE'],
  ['8 bytes that are not UTF-8', { body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) }, 'UNSUPPORTED_MEDIA_TYPE'],
  ['9 an image wanted', wanting('image/png'), 'NOT_ACCEPTABLE'],
  ['9 a page wanted by POST', wanting('text/html'), 'NOT_ACCEPTABLE'],
  ['10 PUT', { ...asking('{me{id}}'), method: 'PUT' }, 'METHOD_NOT_ALLOWED'],
  ['10 DELETE', { method: 'DELETE' }, 'METHOD_NOT_ALLOWED'],
  [
    '10 a query by GET that a page could send',
    { method: 'GET', path: '/graphql?query=%7Bme%7Bid%7D%7D', headers: {} },
    'PREFLIGHT_REQUIRED',
  ],
  ['10 a mutation by GET', { method: 'GET', path: '/graphql?query=mutation%7Bx%7D' }, 'METHOD_NOT_ALLOWED'],
  ['11 an open brace', asking('{me{'), 'GRAPHQL_PARSE_FAILED'],
  ['11 open text', asking('{ line(id: "x) { id } }'), 'GRAPHQL_PARSE_FAILED'],
  ['11 no GraphQL at all', asking("' OR 1=1--"), 'GRAPHQL_PARSE_FAILED'],
  ['12 an unknown field', asking('{ me { idd } }'), 'GRAPHQL_VALIDATION_FAILED'],
  ['12 an unknown argument', asking('{ line(idd: "x") { id } }'), 'GRAPHQL_VALIDATION_FAILED'],
  ['12 a hundred unknown fields', asking(`{ me { ${repeat(100, (at) => `f${at}`)} } }`), 'GRAPHQL_VALIDATION_FAILED'],
  ['12 a subgraph’s own field', asking('{ _service { sdl } }'), 'GRAPHQL_VALIDATION_FAILED'],
  ['12 a circle of fragments', asking('{ me { ...a } } fragment a on User { ...a }'), 'GRAPHQL_VALIDATION_FAILED'],
  ['14 two operations, no name', asking('query a { me { id } } query b { me { id } }'), 'OPERATION_RESOLUTION_FAILURE'],
  [
    '14 two operations, another name',
    asking('query a { me { id } } query b { me { id } }', { operationName: 'c' }),
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['14 a fragment alone', asking('fragment a on User { id }'), 'OPERATION_RESOLUTION_FAILURE'],
  ['15 a subscription', asking('subscription { x }'), 'OPERATION_NOT_SUPPORTED'],
  ['16 a variable left out', asking(aLine), 'BAD_USER_INPUT'],
  [
    '16 null where null cannot be, for a field',
    asking('query ($id: ID = "ln_1") { line(id: $id) { id } }', { variables: { id: null } }),
    'BAD_USER_INPUT',
  ],
  [
    '16 null where null cannot be, for a directive',
    asking('query ($is: Boolean = true) { me @include(if: $is) { id } }', { variables: { is: null } }),
    'BAD_USER_INPUT',
  ],
  [
    '16 null where null cannot be, within a value',
    asking('mutation ($is: Boolean) { login(input: { loginId: "x", password: "y", autoLogin: $is }) { __typename } }', {
      variables: { is: null },
    }),
    'BAD_USER_INPUT',
  ],
  ['16 a variable of another type', asking(aLine, { variables: { id: { x: 'hunter2' } } }), 'BAD_USER_INPUT'],
  [
    '16 a day that is none',
    asking('{ line(id: "ln_1") { billInquiries(from: "2026-02-30") { totalCount } } }'),
    'BAD_USER_INPUT',
  ],
  [
    '16 a month that is a number',
    asking('{ line(id: "ln_1") { bill(billingMonth: 202611) { __typename } } }'),
    'BAD_USER_INPUT',
  ],
  [
    '16 a variable that is no day',
    asking('query ($d: Date) { line(id: "ln_1") { billInquiries(from: $d) { totalCount } } }', {
      variables: { d: 'hunter2' },
    }),
    'BAD_USER_INPUT',
  ],
  [
    '17 the schema thirty times over',
    asking(`{ __schema { ${repeat(30, (at) => `a${at}: types { name }`)} } }`),
    'QUERY_TOO_COMPLEX',
  ],
  ['17 a bomb of 2^12', asking(bomb(12)), 'QUERY_TOO_COMPLEX'],
  ['17 a bomb of 2^60', asking(bomb(60)), 'QUERY_TOO_COMPLEX'],
  [
    '17 a bomb under aliases',
    asking(bomb(14, (to) => `a${to}: customer { ...f${to} } ...f${to}`)),
    'QUERY_TOO_COMPLEX',
  ],
  ['17 21 root fields', asking(`{ ${repeat(21, () => '__typename')} }`), 'QUERY_TOO_COMPLEX'],
  ['18 11 levels', asking(nested(11)), 'QUERY_TOO_DEEP'],
  ['18 11 levels, well-formed', asking(deep(10)), 'QUERY_TOO_DEEP'],
  ['18 26 levels', asking(nested(26)), 'QUERY_TOO_DEEP'],
  ['18 2,000 levels', asking(nested(2_000)), 'QUERY_TOO_DEEP'],
  ['18 30,000 braces', asking('{'.repeat(30_000)), 'QUERY_TOO_DEEP'],
  ['19 31 aliases', asking(`{ me { ${repeat(31, (at) => `a${at}: id`)} } }`), 'TOO_MANY_ALIASES'],
  [
    '19 1,000 logins',
    asking(`mutation($i:LoginInput!){${repeat(900, (at) => `a${at}:login(input:$i){id}`, '')}}`),
    'TOO_MANY_ALIASES',
  ],
  ['19 two logins', asking(`mutation { a: ${login} b: ${login} }`), 'TOO_MANY_ALIASES'],
  [
    '19 two logins by a fragment',
    asking(`mutation { ...f ...f } fragment f on Mutation { ${login} }`),
    'TOO_MANY_ALIASES',
  ],
  ['20 1,001 tokens', asking(`{ me { ${repeat(996, () => 'id')} } }`), 'QUERY_TOO_LONG'],
  ['20 11 directives', asking(`{ me { id ${repeat(11, () => '@include(if: true)')} } }`), 'QUERY_TOO_LONG'],
  ['21 __proto__', { body: '{"query":"{me{id}}","variables":{"__proto__":{"polluted":1}}}' }, 'BAD_USER_INPUT'],
  ['21 a constructor further in', asking('{me{id}}', { variables: { a: [{ constructor: 1 }] } }), 'BAD_USER_INPUT'],
  [
    '21 variables without a bottom',
    { body: `{"query":"{me{id}}","variables":{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}}` },
    'BAD_USER_INPUT',
  ],
  [
    '22 a hash nobody registered',
    { body: '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}' },
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  ['23 nobody', asking('{ me { id } }'), 'UNAUTHENTICATED'],
  ['30 a caller without the right', withRights([], '{ billInquiryMenu { currentBillingMonth } }'), 'FORBIDDEN'],
  ['39 a subgraph that is down', withRights([], '{ productOffering(id: "x") { name } }'), 'SERVICE_UNAVAILABLE'],
  ['39 too many of one caller', asking(`mutation { ${login} }`), 'RATE_LIMITED'],
];

describe('Bad input', () => {
  it.each(rows)('%s', async (_name, request, code) => {
    await expectRefusal(g.url, typeof request === 'function' ? request() : request, code);
  });

  it('in production is also to ask for the schema, or for a page', async () => {
    const page = { method: 'GET', headers: { accept: 'text/html' } };
    await expectRefusal(production.url, page, 'NOT_ACCEPTABLE');
    await expectRefusal(production.url, asking('{ __schema { types { name } } }'), 'INTROSPECTION_DISABLED');
    await expectRefusal(
      production.url,
      asking('{ me { ... { __type(name: "User") { name } } } }'),
      'INTROSPECTION_DISABLED',
    );
  });

  it('is also one request too many at once', async () => {
    await expectRefusal(overloaded.url, asking('{ me { id } }'), 'OVERLOADED');
    expect((await send(overloaded.url, asking('{ me { id } }'))).headers['retry-after']).toBe('1');
  });

  it('says which methods there are', async () => {
    expect((await send(g.url, { method: 'DELETE' })).headers.allow).toBe('GET, POST');
  });

  it('names the variable at fault and never its value', async () => {
    const request = asking(aLine, { variables: { id: ['hunter2'] } });
    const { text } = await send(g.url, request);
    expect(errorsIn(text)[0]?.extensions['field']).toBe('id');
    expect(text).not.toContain('hunter2');
  });

  it('guesses no field for whoever probes the schema', async () => {
    const { text } = await send(g.url, asking('{ me { lognId } }'), 'en');
    expect(text).not.toMatch(/did you mean|loginId/i);
  });

  it('says when to come back', async () => {
    expect((await send(g.url, asking(`mutation { ${login} }`))).headers['retry-after']).toBe('3');
  });

  it('answers in the media type that is liked best', async () => {
    const accept = 'application/graphql-response+json, application/json;q=0.9';
    const { headers } = await send(g.url, { ...asking('{me{'), headers: { ...json, accept } });
    expect(headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
  });

  it('leaves the introspection query of tools alone outside production', async () => {
    const { status, body } = await g.ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
    expect([status, body.errors, Object.keys(body.data ?? {})]).toEqual([200, undefined, ['__schema']]);
  });

  it('lets names of the object prototype be aliases, and nothing happens to objects', async () => {
    const { text } = await g.ask('{ __proto__: me { constructor: id } }', { as: aViewer() });
    expect(text).toBe('{"data":{"__proto__":{"constructor":"usr_1"}}}');
    expect(Reflect.get({}, 'constructor')).toBe(Object);
  });

  it.each([
    ['the same field 490 times', `{ me { ${repeat(490, () => 'id')} } }`],
    ['150 inline fragments', `{ me { ${repeat(150, () => '... on User { id }')} } }`],
    ['a bomb just small enough', bomb(7)],
    ['30 aliases of the same list', `{ me { ${repeat(30, (at) => `a${at}: permissions { service isGranted }`)} } }`],
  ])('does not hold others up by %s', async (_what, query) => {
    const tookMs: number[] = [];
    for (const spelling of [query, `${query} `, `${query}  `]) {
      const [innocent, costly] = await Promise.all([
        send(g.url, asking('{ me { id } }')),
        send(g.url, asking(spelling)),
      ]);
      expect([innocent.status, costly.status]).toEqual([401, expect.any(Number)]);
      tookMs.push(Math.max(innocent.tookMs, costly.tookMs));
    }
    expect(Math.min(...tookMs)).toBeLessThan(150);
  });
});
