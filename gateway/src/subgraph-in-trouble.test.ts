import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { leak } from './testing/bad-request.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from './testing/fake-subgraph.ts';
import { authOfOneCustomer, everything } from './testing/one-customer.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';

const auth = authOfOneCustomer();

describe('A subgraph in trouble', () => {
  let g: TestGateway;
  let hasty: TestGateway;
  let broken: FakeSubgraph;
  let answerOfProduct: Parameters<typeof aFakeSubgraph>[0];
  beforeAll(async () => {
    broken = await aFakeSubgraph((response, heard) => {
      answerOfProduct(response, heard);
    });
    g = await aGateway({ auth, product: broken.url });
    // as long for auth, which is well and must not be late because this process stands still for a moment
    hasty = await aGateway({ auth, product: broken.url }, { SUBGRAPH_TIMEOUT_MS: '2000' });
  });
  afterAll(async () => {
    await broken.close();
    await g.close();
    await hasty.close();
  });

  async function withProduct(answer: typeof answerOfProduct, gateway = g) {
    answerOfProduct = answer;
    return await gateway.ask(everything, { as: aViewer() });
  }

  const line = (id: string) => ({ id, phoneNumber: '010-1234-5678', currentProduct: null });
  const partial = { me: { loginId: 'kim', customer: { lines: [line('ln_1'), line('ln_2'), line('ln_1')] } } };
  const paths = [0, 1, 2].map((at) => ['me', 'customer', 'lines', at, 'currentProduct']);

  const troubles: readonly (readonly [string, Parameters<typeof aFakeSubgraph>[0]])[] = [
    ['a page of HTML', (response) => response.writeHead(200).end('<html>select * from plans at 127.0.0.1</html>')],
    ['status 500 with its secrets', (response) => response.writeHead(500).end('{"password":"hunter2"}')],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['half an answer', (response) => response.writeHead(200).end('{"data":{"_entities":[')],
    [
      'an empty object',
      (response) => {
        sayJson(response, {});
      },
    ],
    [
      'a list',
      (response) => {
        sayJson(response, []);
      },
    ],
    [
      'errors of no known shape',
      (response) => {
        sayJson(response, { errors: ['at /srv/app.js'] });
      },
    ],
    [
      'errors that are no list',
      (response) => {
        sayJson(response, { data: { _entities: [{ currentProduct: null }, { currentProduct: null }] }, errors: {} });
      },
    ],
    [
      'fewer entities than it was asked for',
      (response) => {
        sayJson(response, { data: { _entities: [{ currentProduct: null }] } });
      },
    ],
    [
      'more of them',
      (response) => {
        sayJson(response, { data: { _entities: [0, 1, 2].map(() => ({ currentProduct: null })) } });
      },
    ],
    [
      'no list of them',
      (response) => {
        sayJson(response, { data: { _entities: null } });
      },
    ],
    [
      '5 MB',
      (response) => {
        sayJson(response, { data: { x: 'x'.repeat(5_000_000) } });
      },
    ],
    ['a cut connection', (response) => response.destroy()],
    ['a refusal of the gateway’s word', (response) => response.writeHead(401).end('{"errors":[]}')],
  ];

  it.each(troubles)('that answers %s costs its own fields alone', async (_what, answer) => {
    const { status, text, body } = await withProduct(answer);
    expect(status).toBe(200);
    expect(body.data).toEqual(partial);
    expect(body.errors?.map(({ path }) => path)).toEqual(paths);
    expect(new Set(body.errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    expect(text).not.toMatch(leak);
    expect(text).not.toMatch(/hunter2|srv/);
    expect(g.logged.join()).toContain('a fetch failed');
  });

  it('that answers no entities, and why, is quoted', async () => {
    const error = { message: 'x', extensions: { code: 'KOS_UNAVAILABLE' } };
    const { body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: null }, errors: [error] });
    });
    expect(body.data).toEqual(partial);
    expect(body.errors?.map(({ path, extensions: { code } }) => [path, code])).toEqual(
      paths.map((path) => [path, 'KOS_UNAVAILABLE']),
    );
  });

  it('that hangs costs its time-out and its own fields', async () => {
    const heardBefore = broken.heard.length;
    const { body } = await withProduct(() => undefined, hasty);
    expect(body.data).toEqual(partial);
    expect(body.errors?.map(({ path }) => path)).toEqual(paths);
    expect(hasty.logged.join()).toContain('no answer within 2000 ms');
    await broken.heard[heardBefore]?.hungUp;
  });

  it('that is down leaves the gateway able to start and to answer what the others know', async () => {
    const alone = await aGateway({ auth });
    const { status, body } = await alone.ask(everything, { as: aViewer() });
    expect([status, body.data]).toEqual([200, partial]);
    await alone.close();
  });

  it('whose errors name an entity has them at each place it stands', async () => {
    const error = {
      message: 'x',
      path: ['_entities', 0, 'currentProduct'],
      extensions: { code: 'KOS_BUSY', retryAfterMs: 900 },
    };
    const { body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: [{ currentProduct: null }, { currentProduct: null }] }, errors: [error] });
    });
    expect(
      body.errors?.map(({ path, extensions }) => [path?.[3], extensions['code'], extensions['retryAfterMs']]),
    ).toEqual([
      [0, 'KOS_BUSY', 900],
      [2, 'KOS_BUSY', 900],
    ]);
  });

  it('that speaks in words of its own is not quoted', async () => {
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', stacktrace: ['at /srv/app.js'], serviceName: 'secret' };
    const { body, text } = await withProduct((response) => {
      sayJson(response, { data: null, errors: [{ message: 'Cannot query field "x" on type "Vault"', extensions }] });
    });
    expect(body.data).toEqual(partial);
    expect(body.errors?.map(({ extensions: { code } }) => code)).toEqual(paths.map(() => 'INTERNAL_SERVER_ERROR'));
    expect(text).not.toMatch(/Vault|srv|secret/);
  });

  it.each([null, []])('that gives %j for its errors has none', async (errors) => {
    const { body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: [{ currentProduct: null }, { currentProduct: null }] }, errors });
    });
    expect(body).toEqual({ data: partial });
  });

  it('that leaves out what must be there is told apart from having nothing', async () => {
    const { status, body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: [{ currentProduct: { productCode: null } }, { currentProduct: null }] } });
    });
    expect(status).toBe(200);
    expect(body.data).toEqual(partial);
    expect(body.extensions).toBeUndefined();
    expect(body.errors?.map(({ path, extensions: { code } }) => [...(path ?? []), code])).toEqual(
      [0, 2].map((at) => ['me', 'customer', 'lines', at, 'currentProduct', 'productCode', 'INCOMPLETE_DATA']),
    );
  });

  it('that reaches for the prototype of objects reaches none', async () => {
    const entity = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"currentProduct":null}';
    const { body } = await withProduct((response) => {
      response.writeHead(200).end(`{"data":{"_entities":[${entity},${entity}],"__proto__":{"polluted":1}}}`);
    });
    expect(body).toEqual({ data: partial });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('that gives values of another type spoils no other answer and says nothing of itself', async () => {
    const { text, body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: [{ currentProduct: 'select' }, { currentProduct: [1] }] } });
    });
    expect(body.errors?.[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR');
    expect(text).not.toMatch(leak);
    expect((await g.ask('{ me { loginId } }', { as: aViewer() })).body).toEqual({ data: { me: { loginId: 'kim' } } });
  });
});
