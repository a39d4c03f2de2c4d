import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CodedError, type ErrorCode } from '@supergraph/platform/errors';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { rawRequest } from './testing/raw-request.ts';
import { aViewer, type Resolvers } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

const refuse = (code: ErrorCode, retryAfterMs?: number) => (): never => {
  throw new CodedError(code, retryAfterMs === undefined ? {} : { retryAfterMs });
};
/** Each refusal under the operation that a client would meet it with. */
const auth = (code: ErrorCode, retryAfterMs?: number): Resolvers => ({
  Query: { me: () => ({ id: 'usr_1', loginId: 'kim' }), line: refuse(code, retryAfterMs) },
  Mutation: { login: refuse(code, retryAfterMs) },
});
const login = 'mutation { login(input: { loginId: "a", password: "b" }) { __typename } }';

describe('The status of an operation that ran', () => {
  let refusal: CodedError;
  let g: TestGateway;
  const throwRefusal = (): never => {
    throw refusal;
  };
  beforeAll(async () => {
    g = await aGateway({
      auth: { Query: { me: () => ({ id: 'usr_1' }), line: throwRefusal }, Mutation: { login: throwRefusal } },
      billing: { Query: { line: throwRefusal, billInquiryMenu: throwRefusal } },
    });
  });
  afterAll(() => g.close());

  it.each([
    ['INVALID_CREDENTIALS', 401, null],
    ['LOGIN_BLOCKED', 429, '1800'],
    ['FORBIDDEN', 403, null],
    ['IDEMPOTENCY_IN_PROGRESS', 409, null],
    ['OVERLOADED', 503, '1800'],
    ['INVALID_PAGE', 400, null],
    ['SERVICE_UNAVAILABLE', 503, '1800'],
    ['TIMED_OUT', 504, null],
    ['KOS_BUSY', 200, null],
  ] as const)('is that of %s when nothing came of it', async (code, status, retryAfter) => {
    refusal = new CodedError(code, { retryAfterMs: 1_800_000 });
    for (const query of [
      login,
      '{ line(id: "ln_1") { id } }',
      '{ line(id: "ln_1") { id } billInquiryMenu { currentBillingMonth } }',
    ]) {
      const reply = await g.ask(query, { as: aViewer() });
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([status, retryAfter]);
      expect(new Set(reply.body.errors?.map((error) => error.extensions['code']))).toEqual(new Set([code]));
    }
  });

  it('is 200 as soon as something came of it', async () => {
    refusal = new CodedError('FORBIDDEN');
    const { status, body } = await g.ask('{ me { id } line(id: "ln_1") { id } }', { as: aViewer() });
    expect([status, body.data]).toEqual([200, { me: { id: 'usr_1' }, line: null }]);
  });
});

describe('An error', () => {
  it('nobody foresaw is written down under the id that the client was given', async () => {
    const g = await aGateway({
      auth: {
        Query: {
          me: () => {
            throw new Error('select * from vault');
          },
        },
      },
    });
    const { text, headers, body } = await g.ask('{ me { id } }', {
      as: aViewer(),
      headers: { 'accept-language': 'en' },
    });
    const traceId = headers.get('x-request-id');
    expect(body.errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['me'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: true, traceId },
      },
    ]);
    expect(text).not.toContain('vault');
    expect(g.logged.join()).toContain(`"requestId":"${traceId ?? ''}"`);
    await g.close();
  });
});

describe('The gateway', () => {
  let g: TestGateway;
  let production: TestGateway;
  beforeAll(async () => {
    const origins = { CORS_ORIGINS: 'https://shop.example, https://admin.example' };
    g = await aGateway({ auth: auth('FORBIDDEN'), billing: {} }, origins);
    production = await aGateway({ auth: auth('FORBIDDEN') }, { NODE_ENV: 'production' });
  });
  afterAll(async () => {
    await g.close();
    await production.close();
  });

  it('opens Sandbox for a browser, and only outside production', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const page = await fetch(g.url, { headers });
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/graphql']);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await page.text()).toContain('EmbeddedSandbox');
    expect((await fetch(production.url, { headers })).status).toBe(404);
    expect((await fetch(`${production.url}/graphql`, { headers })).status).toBe(406);
  });

  it('tells browsers to guess, frame, keep and pass on nothing', async () => {
    const { headers } = await g.ask('{ me { id } }', { as: aViewer() });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('lets pages of listed origins in, and no others', async () => {
    const preflight = async (origin: string) =>
      await rawRequest(`${g.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const listed = await preflight('https://admin.example');
    expect([listed.status, listed.headers['access-control-allow-origin']]).toEqual([204, 'https://admin.example']);
    for (const origin of ['https://evil.example', 'null', 'https://admin.example.evil.example']) {
      const refused = await preflight(origin);
      expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    }
    const { headers } = await g.ask('{ me { id } }', { headers: { origin: 'https://shop.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });

  it('lives, is ready, and says which subgraphs answer it', async () => {
    expect(await (await fetch(`${g.url}/livez`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${g.url}/readyz`)).json()).toMatchObject({ status: 'ok' });
    const health = await fetch(`${g.url}/health`);
    expect([health.status, await health.json()]).toEqual([
      200,
      { status: 'degraded', subgraphs: { auth: 'up', billing: 'up', product: 'down' } },
    ]);
  });

  it('keeps tokens and what people typed out of its log', async () => {
    const token = g.tokenOf(aViewer());
    await g.ask(login, { headers: { authorization: `Bearer ${token}` }, variables: { secret: 'hunter2' } });
    expect(g.logged.join()).not.toContain(token);
    expect(g.logged.join()).not.toContain('hunter2');
  });
});

describe('A gateway that is stopped', () => {
  it('finishes what is under way, takes nothing new, and ends', async () => {
    let finish: (() => void) | undefined;
    const g = await aGateway({
      auth: {
        Query: {
          me: async () => {
            await new Promise<void>((resolve) => {
              finish = resolve;
            });
            return { id: 'usr_1' };
          },
        },
      },
    });
    const underWay = g.ask('{ me { id } }', { as: aViewer() });
    await until('the query is under way', () => finish !== undefined);
    const stopped = g.stop();
    finish?.();
    expect((await underWay).body).toEqual({ data: { me: { id: 'usr_1' } } });
    const startedAt = performance.now();
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await expect(fetch(`${g.url}/livez`)).rejects.toThrow();
    await g.close();
  });
});
