import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operationsFolder, readManifests } from '@supergraph/schema/operation-manifest';
import { auditServer } from 'graphql-http';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';
import { asking, errorsIn, expectRefusal, json, send, type BadRequest } from '../testing/bad-request.ts';
import { rawRequest } from '../testing/raw-request.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';

const refuseLogin = (): never => {
  throw new Error('nobody gets in');
};

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway(
    { auth: { Query: { me: () => ({ id: 'usr_1', sessions: [] }) }, Mutation: { login: refuseLogin } } },
    { CORS_ORIGINS: 'https://shop.example' },
  );
});
afterAll(() => g.close());

const inQuery = (parameters: Readonly<Record<string, string>>) =>
  `/graphql?${new URLSearchParams(parameters).toString()}`;
const me = '{ me { id } }';
const response = 'application/graphql-response+json';

/** A GET with a header that makes browsers ask first. */
const get = (
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): BadRequest => ({
  method: 'GET',
  path: inQuery(parameters),
  headers: { 'apollo-require-preflight': 'true', ...headers },
});

describe('GraphQL over HTTP', () => {
  it('passes the public audit without an error or a warning', async () => {
    const results = await auditServer({ url: `${g.url}/graphql` });
    const failed = results.filter(({ status }) => status !== 'ok');
    expect(failed.map(({ id, status, name }) => `${id} ${status}: ${name}`)).toEqual([
      // just what an image on a foreign page would send
      '5A70 notice: MAY accept application/x-www-form-urlencoded formatted GET requests',
    ]);
    expect(results.length).toBeGreaterThan(50);
  });

  it('answers queries by GET, with variables, a name, and whoever asks', async () => {
    const query = 'query A($n: String!) { __type(name: $n) { name } } query B { me { id } }';
    const typeReply = await send(g.url, get({ query, operationName: 'A', variables: '{"n":"User"}', extensions: '' }));
    expect([typeReply.status, typeReply.text]).toEqual([200, '{"data":{"__type":{"name":"User"}}}']);
    const asKim = { authorization: `Bearer ${g.tokenOf(aViewer())}` };
    const meReply = await send(g.url, get({ query, operationName: 'B' }, asKim));
    expect([meReply.status, meReply.text]).toEqual([200, '{"data":{"me":{"id":"usr_1"}}}']);
    expect(meReply.headers).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Accept, Accept-Language, Authorization, Origin',
    });
  });

  it('changes nothing by GET, and says by which method it would', async () => {
    const mutation = get({ query: 'mutation { login(input: { loginId: "a", password: "b" }) { __typename } }' });
    await expectRefusal(g.url, mutation, 'METHOD_NOT_ALLOWED');
    expect((await send(g.url, mutation)).headers.allow).toBe('POST');
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const refused = await send(g.url, { method });
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, POST']);
    }
    expect((await send(g.url, { method: 'HEAD', path: inQuery({ query: me }) })).status).toBe(405);
  });

  it('answers a registered query by GET with its id alone, and no registered mutation', async () => {
    const registered = readManifests(operationsFolder).flatMap(({ operations }) => operations);
    const idOf = (wanted: string) => registered.find(({ name }) => name === wanted)?.id ?? '';
    const client = { 'apollographql-client-name': 'web', authorization: `Bearer ${g.tokenOf(aViewer())}` };
    const hash = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: idOf('Sessions') } });
    for (const parameters of [{ documentId: `sha256:${idOf('Sessions')}` }, { extensions: hash }]) {
      const { status, text } = await send(g.url, get(parameters, client));
      expect([status, text]).toEqual([200, '{"data":{"me":{"id":"usr_1","sessions":[]}}}']);
    }
    const variables = '{"input":{"loginId":"a","password":"b"}}';
    await expectRefusal(g.url, get({ documentId: idOf('SignIn'), variables }, client), 'METHOD_NOT_ALLOWED');
  });

  it('ignores variables that nobody declared, whatever their names', async () => {
    const variables = { representations: 'User' };
    const as = { headers: { ...json, authorization: `Bearer ${g.tokenOf(aViewer())}` } };
    expect((await send(g.url, { ...asking(me, { variables }), ...as })).status).toBe(200);
  });

  it.each<[string, BadRequest]>([
    ['by Apollo’s extension', get({ extensions: '{"persistedQuery":{"version":1,"sha256Hash":"x"}}' })],
    ['by documentId', get({ documentId: 'sha256:x' })],
    ['by id', { body: '{"id":"x"}' }],
    ['by documentId in a body', { body: '{"documentId":"x"}' }],
  ])('knows a request that names a registered document %s', async (_how, request) => {
    await expectRefusal(g.url, request, 'PERSISTED_QUERY_NOT_FOUND');
  });

  it.each<[string, BadRequest, Parameters<typeof expectRefusal>[2]]>([
    ['nothing', get({}), 'BAD_REQUEST'],
    ['an empty query', get({ query: '' }), 'BAD_REQUEST'],
    ['the query twice', { ...get({}), path: '/graphql?query=%7Bme%7Bid%7D%7D&query=%7Bme%7Bid%7D%7D' }, 'BAD_REQUEST'],
    ['variables that are no JSON', get({ query: me, variables: '{' }), 'INVALID_JSON'],
    ['variables that are a list', get({ query: me, variables: '[1]' }), 'BAD_REQUEST'],
    ['extensions that are text', get({ query: me, extensions: '"x"' }), 'BAD_REQUEST'],
    ['a hash that is a number', get({ extensions: '{"persistedQuery":{"sha256Hash":1}}' }), 'BAD_REQUEST'],
    ['an open brace', get({ query: '{me{' }), 'GRAPHQL_PARSE_FAILED'],
    ['a page wanted', { ...get({ query: me }), headers: { accept: 'image/png' } }, 'NOT_ACCEPTABLE'],
  ])('refuses by GET as by POST: %s', async (_what, request, code) => {
    await expectRefusal(g.url, request, code);
  });
});

describe('The status of an answer', () => {
  const inFormat = async (accept: string | undefined, request: BadRequest) => {
    const { status, headers } = await send(g.url, {
      ...request,
      headers: { ...json, ...(accept !== undefined && { accept }) },
    });
    return [status, headers['content-type']?.split(';')[0]];
  };
  const clients = {
    any: undefined,
    browser: '*/*',
    apollo: `${response}, application/json;q=0.9`,
    old: 'application/json',
  } as const;

  it('is that of the refusal when nothing ran; a client from before the standard is told in the body alone', async () => {
    const broken = asking('{ me {');
    expect(await inFormat(clients.any, broken)).toEqual([400, 'application/json']);
    expect(await inFormat(clients.browser, broken)).toEqual([400, 'application/json']);
    expect(await inFormat(clients.apollo, broken)).toEqual([400, response]);
    expect(await inFormat(clients.old, broken)).toEqual([200, 'application/json']);
    expect(await inFormat(clients.old, asking('{ nothing }'))).toEqual([200, 'application/json']);
    expect(await inFormat(clients.old, { body: '{' })).toEqual([400, 'application/json']);
    expect(await inFormat(clients.old, asking(`{ ${'a '.repeat(2_000)} }`))).toEqual([400, 'application/json']);
    expect(await inFormat(clients.old, asking('query a { me { id } }', { operationName: 'b' }))).toEqual([
      400,
      'application/json',
    ]);
  });

  it('is 200 for what ran when the client knows the standard, and that of the refusal for others', async () => {
    const login = asking('mutation { login(input: { loginId: "a", password: "b" }) { __typename } }');
    expect(await inFormat(clients.any, login)).toEqual([500, 'application/json']);
    expect(await inFormat(clients.apollo, login)).toEqual([200, response]);
  });
});

describe('An answer of 401', () => {
  const challengeTo = async (headers: Readonly<Record<string, string>>) =>
    (await send(g.url, { ...asking(me), headers: { ...json, ...headers } })).headers['www-authenticate'];

  it('says by what one proves who one is, and of a token that was sent that it is no good', async () => {
    expect(await challengeTo({})).toBe('Bearer realm="graphql"');
    expect(await challengeTo({ authorization: 'Bearer a.b.c' })).toBe('Bearer realm="graphql", error="invalid_token"');
    expect(await challengeTo({ authorization: `Bearer ${g.tokenOf(aViewer())}` })).toBeUndefined();
  });
});

describe('A page of another site', () => {
  /** What it can make a browser send without the browser asking us first. */
  const unasked: readonly (readonly [string, BadRequest])[] = [
    ['an image', { method: 'GET', headers: { accept: 'image/avif,image/webp,*/*' } }],
    ['a script', { method: 'GET', headers: { accept: '*/*', 'sec-fetch-site': 'cross-site' } }],
    ['a GET that fetches anything', { method: 'GET', headers: { accept: '*/*', origin: 'https://evil.example' } }],
    ['a GET that fetches JSON', { method: 'GET', headers: { accept: response, 'sec-fetch-site': 'cross-site' } }],
    [
      'a GET from a neighbour',
      { method: 'GET', headers: { accept: 'application/json', 'sec-fetch-site': 'same-site' } },
    ],
    ['a GET that reads JSON', { method: 'GET', headers: { accept: response, origin: 'https://evil.example' } }],
    ['a GET from nowhere', { method: 'GET', headers: { accept: response, origin: 'null' } }],
    ['a GET with a simple type', { method: 'GET', headers: { accept: '*/*', 'content-type': 'text/plain' } }],
    ['a GET that says nothing', { method: 'GET', headers: {} }],
  ];

  it.each(unasked)('has %s refused', async (_what, { headers = {} }) => {
    const refused = await send(g.url, { method: 'GET', path: inQuery({ query: me }), headers });
    const codes = errorsIn(refused.text).map(({ extensions }) => extensions['code']);
    expect([refused.status, codes]).toEqual([400, ['PREFLIGHT_REQUIRED']]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain;application/json',
    '',
  ])('has a form of type “%s” refused', async (type) => {
    const headers = type === '' ? {} : { 'content-type': type };
    await expectRefusal(g.url, { ...asking(me), headers }, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('is asked first for every header that would let a GET pass', async () => {
    const passing: readonly Readonly<Record<string, string>>[] = [
      { 'apollo-require-preflight': 'true' },
      { 'x-apollo-operation-name': 'Me' },
      { 'content-type': 'application/json' },
      { accept: 'application/json' },
      { accept: response, 'sec-fetch-site': 'same-origin' },
      { accept: response, 'sec-fetch-site': 'none' },
    ];
    for (const headers of passing) {
      const reply = await rawRequest(`${g.url}${inQuery({ query: '{ __typename }' })}`, { method: 'GET', headers });
      expect([headers, reply.status]).toEqual([headers, 200]);
    }
    const { headers } = await rawRequest(`${g.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
    });
    expect(headers['access-control-allow-methods']).toBe('GET, POST');
    expect(headers['access-control-allow-headers']).toContain('apollo-require-preflight');
  });
});

describe('Whom a request comes from', () => {
  const heard: (string | null)[] = [];
  const auth = {
    Query: {
      me: (_: unknown, __: unknown, { client }: { readonly client: { readonly address: string | null } }) => {
        heard.push(client.address);
        return { id: 'usr_1' };
      },
    },
  };
  const addressHeard = async (gateway: TestGateway, forwarded: string | null) => {
    heard.length = 0;
    const headers = forwarded === null ? {} : { 'x-forwarded-for': forwarded };
    expect((await gateway.ask(me, { as: aViewer(), headers })).status).toBe(200);
    return heard[0];
  };

  it('is who is connected, whatever they say, unless that is a proxy of ours', async () => {
    const alone = await aGateway({ auth });
    expect(await addressHeard(alone, '203.0.113.7')).toBe('127.0.0.1');
    await alone.close();
    const behind = await aGateway({ auth }, { TRUSTED_PROXIES: '127.0.0.0/8, 10.1.0.0/16, 2001:db8::/32' });
    expect(await addressHeard(behind, '203.0.113.7')).toBe('203.0.113.7');
    expect(await addressHeard(behind, '198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
    expect(await addressHeard(behind, '198.51.100.1, 10.2.2.3')).toBe('10.2.2.3');
    expect(await addressHeard(behind, 'localhost, 2001:db8::9')).toBe('2001:db8::9');
    expect(await addressHeard(behind, null)).toBe('127.0.0.1');
    await behind.close();
  });

  it('cannot be one address too often at once', async () => {
    const narrow = await aGateway({ auth }, { MAX_CONNECTIONS_PER_ADDRESS: '0' });
    await expect(fetch(`${narrow.url}/livez`)).rejects.toThrow();
    await narrow.close();
  });
});

describe('Those who run the gateway', () => {
  it('find metrics and health on a port of their own, and nobody finds them on the public one', async () => {
    const own = await aGateway({ auth: { Query: { me: () => ({ id: 'usr_1' }) } } });
    await own.ask(me, { as: aViewer({ userId: 'usr_secret' }), headers: { 'user-agent': 'agent-secret' } });
    await own.ask(me);
    await own.ask('mutation { login(input: { loginId: "secret", password: "b" }) { __typename } }');
    const metrics = await fetch(`${own.adminUrl}/metrics`);
    const text = await metrics.text();
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('gateway_requests_total{kind="read",status="200",code="OK"} 1');
    expect(text).toContain('gateway_requests_total{kind="read",status="401",code="UNAUTHENTICATED"} 1');
    expect(text).toMatch(/gateway_request_duration_seconds_count\{kind="change"\} 1/);
    expect(text).toMatch(/gateway_subgraph_fetches_total\{subgraph="auth",kind="read",outcome="answered"\} \d/);
    expect(text).toMatch(/gateway_circuit_state\{circuit="auth query",state="closed"\} 1/);
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    expect(text).not.toMatch(/secret|usr_|127\.0\.0\.1/);
    for (const path of ['/livez', '/readyz']) expect((await fetch(`${own.adminUrl}${path}`)).status).toBe(200);
    expect((await fetch(`${own.adminUrl}/graphql`, { method: 'POST' })).status).toBe(404);
    const reloaded = await fetch(`${own.adminUrl}/reload`, { method: 'POST' });
    expect([reloaded.status, await reloaded.json()]).toMatchObject([200, { outcome: 'unchanged' }]);
    const byPage = { method: 'POST', headers: { origin: 'https://evil.example' } };
    expect((await fetch(`${own.adminUrl}/reload`, byPage)).status).toBe(403);
    expect((await fetch(`${own.url}/reload`, { method: 'POST' })).status).toBe(404);
    const onPublicPort = await fetch(`${own.url}/metrics`);
    expect([onPublicPort.status, errorsIn(await onPublicPort.text())[0]?.extensions['code']]).toEqual([
      404,
      'PATH_NOT_FOUND',
    ]);
    await own.close();
    await expect(fetch(`${own.adminUrl}/livez`)).rejects.toThrow();
  });
});
