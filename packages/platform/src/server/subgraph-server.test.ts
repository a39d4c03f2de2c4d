import { createPublicKey } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { CodedError } from '../errors/index.ts';
import {
  createInternalTokenSigner,
  createInternalTokenVerifier,
  generateSigningKeyPem,
  internalTokenHeader,
  publicPemOf,
  readSigningKey,
  type Viewer,
} from '../identity/index.ts';
import { createLogger } from '../telemetry/index.ts';
import { createManualClock } from '../testing/index.ts';
import { createSubgraphServer, type RequestContext, type SubgraphServer } from './subgraph-server.ts';

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"])
  scalar DateTime
  scalar Decimal
  type Query {
    greeting: String
    secret: String @authenticated
    ledger: String @requiresScopes(scopes: [["READ", "LEDGER"], ["ADMIN"]])
    broken: String
    refused: String
    echo(at: DateTime): DateTime
    deadline: DateTime
  }
  type Purse @key(fields: "id") @authenticated { id: ID! amount: Decimal }
`;

const viewer: Viewer = { userId: 'u1', customerId: 'c1', role: 'CUSTOMER', scopes: ['READ'], sessionId: 's1' };
const clock = createManualClock('2026-11-21T00:00:00Z');
const pem = generateSigningKeyPem();
const logged: string[] = [];
let server: SubgraphServer;
let url: string;
let sign: ReturnType<typeof createInternalTokenSigner>;

beforeAll(async () => {
  sign = createInternalTokenSigner({ key: await readSigningKey(pem), clock });
  server = createSubgraphServer({
    name: 'purse',
    portVariable: 'PURSE_PORT',
    sdl,
    resolvers: {
      Query: {
        greeting: () => 'hello',
        secret: () => 'gold',
        ledger: () => 'numbers',
        broken: () => {
          throw new Error('select * from vault at 127.0.0.1');
        },
        refused: () => {
          throw new CodedError('KOS_BUSY', { retryAfterMs: 1_500, cause: new Error('quota') });
        },
        echo: (_: unknown, { at }: { at: Date }) => at,
        deadline: (_: unknown, __: unknown, context: RequestContext) => context.deadline,
      },
      Purse: { __resolveReference: ({ id }: { id: string }) => ({ id, amount: '12.50' }) },
    },
    verifyInternalToken: createInternalTokenVerifier({
      subgraph: 'purse',
      publicKey: createPublicKey(publicPemOf(pem)),
      clock,
    }),
    createContext: (request) => request,
    readiness: () => Promise.resolve({ vault: false }),
    log: createLogger({ service: 'purse', level: 'warn', destination: { write: (line) => void logged.push(line) } }),
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function ask(query: string, as: Viewer | null = null, more: { variables?: object; headers?: object } = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [internalTokenHeader]: sign(as, 'purse'), ...more.headers },
    body: JSON.stringify({ query, variables: more.variables }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const codesOf = (body: Record<string, unknown>) =>
  (body['errors'] as { extensions: { code: string } }[]).map((error) => error.extensions.code);

describe('a subgraph', () => {
  it('answers the gateway', async () => {
    expect((await ask('{ greeting }')).body).toEqual({ data: { greeting: 'hello' } });
  });

  it.each([
    ['without a token', {}],
    ['with a token for another subgraph', { for: 'other' }],
    ['with a made-up identity header', { 'x-user-id': 'u1', authorization: 'Bearer x' }],
  ])('refuses whoever comes %s, also for _entities and _service', async (_how, headers) => {
    const token = 'for' in headers ? { [internalTokenHeader]: sign(viewer, headers.for) } : headers;
    for (const query of ['{ greeting }', '{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...token } as Record<string, string>,
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(401);
      expect(codesOf((await response.json()) as Record<string, unknown>)).toEqual(['INVALID_TOKEN']);
    }
  });

  it('refuses a token after its minute', async () => {
    const old = sign(viewer, 'purse');
    clock.advance(70_000);
    expect((await ask('{ greeting }', viewer, { headers: { [internalTokenHeader]: old } })).status).toBe(401);
    expect((await ask('{ greeting }', viewer)).status).toBe(200);
  });

  it('opens @authenticated fields to the signed-in only', async () => {
    expect(codesOf((await ask('{ secret }')).body)).toEqual(['UNAUTHENTICATED']);
    expect((await ask('{ secret }', viewer)).body).toEqual({ data: { secret: 'gold' } });
  });

  it('opens @requiresScopes fields to those who hold one whole group', async () => {
    const withScopes = (...scopes: string[]): Viewer => ({ ...viewer, scopes });
    expect(codesOf((await ask('{ ledger }', withScopes('READ'))).body)).toEqual(['FORBIDDEN']);
    expect((await ask('{ ledger }', withScopes('READ', 'LEDGER'))).body).toEqual({ data: { ledger: 'numbers' } });
    expect((await ask('{ ledger }', withScopes('ADMIN'))).body).toEqual({ data: { ledger: 'numbers' } });
  });

  it('guards an @authenticated entity before looking it up', async () => {
    const query = '{ _entities(representations: [{ __typename: "Purse", id: "1" }]) { ... on Purse { amount } } }';
    expect(codesOf((await ask(query)).body)).toEqual(['UNAUTHENTICATED']);
    expect((await ask(query, viewer)).body).toEqual({ data: { _entities: [{ amount: '12.50' }] } });
  });

  it('lets no word from inside out, but logs it', async () => {
    const { body } = await ask('{ broken }');
    expect(codesOf(body)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(body)).not.toMatch(/vault|127\.0|stack/);
    expect(logged.join()).toContain('select * from vault');
  });

  it('passes on a refusal with its code, path and what to do', async () => {
    const { body } = await ask('{ refused }');
    expect(body['errors']).toEqual([
      {
        message: '잠시 후 다시 시도해 주세요.',
        path: ['refused'],
        extensions: { code: 'KOS_BUSY', retryable: true, retryAfterMs: 1_500 },
      },
    ]);
  });

  it('knows how long the gateway waits', async () => {
    const headers = { 'x-request-deadline': String(Date.parse('2026-11-21T00:00:03Z')) };
    expect((await ask('{ deadline }', null, { headers })).body).toEqual({
      data: { deadline: '2026-11-21T00:00:03.000Z' },
    });
  });

  it('refuses a scalar that is none', async () => {
    const { body } = await ask('query ($at: DateTime) { echo(at: $at) }', null, { variables: { at: 'tomorrow' } });
    expect(codesOf(body)).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(body)).not.toContain('tomorrow');
  });

  it.each([
    ['GET', '/nowhere', undefined, 404, 'PATH_NOT_FOUND'],
    ['POST', '/graphql', '{"query":', 400, 'INVALID_JSON'],
    ['POST', '/graphql', `{"query":"${'x'.repeat(1_100_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
  ])('answers %s %s in JSON', async (method, path, body, status, code) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', [internalTokenHeader]: sign(null, 'purse') },
      ...(body !== undefined && { body }),
    });
    expect(response.status).toBe(status);
    expect(codesOf((await response.json()) as Record<string, unknown>)).toEqual([code]);
  });

  it('says that it lives, and why it is not ready', async () => {
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable', checks: { vault: false } }]);
  });

  it('names a port that is in use and the setting that moves it', async () => {
    const other = createSubgraphServer({
      name: 'purse',
      portVariable: 'PURSE_PORT',
      sdl,
      resolvers: {},
      verifyInternalToken: () => Promise.resolve(null),
      createContext: (request) => request,
      readiness: () => Promise.resolve({}),
      log: createLogger({ service: 'purse', level: 'silent' }),
    });
    const port = Number(new URL(url).port);
    await expect(other.listen({ host: '127.0.0.1', port })).rejects.toThrow(
      `Port ${port} for purse is in use; set PURSE_PORT to a free port.`,
    );
    await other.close();
  });
});
