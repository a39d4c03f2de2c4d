import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '@supergraph/platform/server';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { leak } from './testing/bad-request.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph, type Heard } from './testing/fake-subgraph.ts';
import { aViewer, type Resolvers } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

const freshness = { fetchedAt: new Date('2026-11-21T00:00:00Z'), stale: false, source: 'KOS' };
const lines = (...ids: string[]) => ids.map((id) => ({ id, phoneNumber: '010-1234-5678' }));

let contexts: RequestContext[] = [];
let asked: string[] = [];
const auth: Resolvers = {
  Query: {
    me: (_: unknown, __: unknown, context: RequestContext) => {
      contexts.push(context);
      return { id: 'usr_1', loginId: 'kim', customer: { id: 'cus_1', lines: lines('ln_1', 'ln_2', 'ln_1') } };
    },
  },
};
const product: Resolvers = {
  Line: {
    __resolveReference: ({ id }: { id: string }) => {
      asked.push(id);
      return { id };
    },
    currentProduct: ({ id }: { id: string }) => ({ id: `prd_${id}`, productCode: `5G-${id}`, freshness }),
  },
};
const everything = '{ me { loginId customer { lines { id phoneNumber currentProduct { productCode } } } } }';

describe('The way to a subgraph', () => {
  let g: TestGateway;
  let billing: FakeSubgraph;
  let pending: { heard: Heard; answer: (value: unknown) => void }[] = [];
  beforeAll(async () => {
    billing = await aFakeSubgraph((response, heard) => {
      pending.push({
        heard,
        answer: (value) => {
          sayJson(response, value);
        },
      });
    });
    g = await aGateway({ auth, product, billing: billing.url });
  });
  beforeEach(() => {
    contexts = [];
    asked = [];
    pending = [];
  });
  afterAll(async () => {
    await billing.close();
    await g.close();
  });

  const menu = '{ billInquiryMenu { currentBillingMonth } }';
  const answered = { data: { billInquiryMenu: { currentBillingMonth: '2026-11' } } };
  const arrived = async (count: number) => {
    await until(`${count} requests`, () => pending.length >= count);
  };

  it('crosses the subgraphs in one query, and asks for an entity once however often it stands', async () => {
    const { body } = await g.ask(everything, { as: aViewer() });
    const line = (id: string) => ({ id, phoneNumber: '010-1234-5678', currentProduct: { productCode: `5G-${id}` } });
    expect(body).toEqual({
      data: { me: { loginId: 'kim', customer: { lines: [line('ln_1'), line('ln_2'), line('ln_1')] } } },
    });
    expect(asked).toEqual(['ln_1', 'ln_2']);
  });

  it('tells who asks, in which language, for how long and from where', async () => {
    const viewer = aViewer();
    const reply = await g.ask(everything, {
      as: viewer,
      headers: { 'accept-language': 'en-GB,ko;q=0.5', 'user-agent': 'shop/1.0 (é)' },
    });
    expect(contexts).toEqual([
      {
        viewer,
        locale: 'en',
        requestId: reply.headers.get('x-request-id'),
        deadline: new Date(g.clock.now().getTime() + 3_250),
        client: { address: '127.0.0.1', userAgent: 'shop/1.0 (?)' },
      },
    ]);
  });

  it('sends nothing that the client sent', async () => {
    const reply = g.ask(menu, {
      as: aViewer(),
      headers: { 'x-internal-token': 'forged', 'x-request-id': 'forged', cookie: 'a=b', 'x-user-id': 'usr_2' },
    });
    await arrived(1);
    const { headers } = pending[0]?.heard ?? { headers: {} };
    expect(Object.keys(headers).sort()).toEqual([
      ...['accept-language', 'connection', 'content-length', 'content-type', 'host', 'x-client-address'],
      ...['x-client-user-agent', 'x-internal-token', 'x-request-deadline', 'x-request-id'],
    ]);
    expect(JSON.stringify(headers)).not.toContain('forged');
    pending[0]?.answer(answered);
    expect((await reply).body).toEqual(answered);
  });

  it('is shared by equal queries of one caller at the same time, and by nobody else', async () => {
    const [kim, lee] = [aViewer(), aViewer({ userId: 'usr_2' })];
    const replies = [kim, kim, kim, lee].map((as) => g.ask(menu, { as }));
    const inEnglish = g.ask(menu, { as: kim, headers: { 'accept-language': 'en' } });
    await arrived(3);
    for (const { answer } of pending) answer(answered);
    for (const reply of [...replies, inEnglish]) expect((await reply).body).toEqual(answered);
    expect(pending).toHaveLength(3);
  });

  it('is not shared by mutations', async () => {
    const create = 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }';
    const as = aViewer();
    const replies = [g.ask(create, { as }), g.ask(create, { as })];
    await arrived(2);
    for (const { answer } of pending) answer({ data: { createBillInquiry: { __typename: 'LineNotFound' } } });
    for (const reply of replies) {
      expect((await reply).body.data).toEqual({ createBillInquiry: { __typename: 'LineNotFound' } });
    }
  });

  it('is given up when the client goes away, once nobody else waits', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const as = aViewer();
    const gone = () => 'gone';
    const replies = [g.ask(menu, { as, signal: first.signal }).catch(gone)];
    await arrived(1);
    replies.push(g.ask(`{ me { id } ${menu.slice(1)}`, { as, signal: second.signal }).catch(gone));
    await until('the second one waits, too', () => contexts.length === 1);
    first.abort();
    expect(await replies[0]).toBe('gone');
    second.abort();
    await pending[0]?.heard.hungUp;
    expect(pending).toHaveLength(1);
  });

  it('goes to its end for a mutation, though the client goes away', async () => {
    const client = new AbortController();
    const create = 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }';
    const reply = g.ask(create, { as: aViewer(), signal: client.signal }).catch(() => 'gone');
    await arrived(1);
    let hasHungUp = false;
    void pending[0]?.heard.hungUp.then(() => {
      hasHungUp = true;
    });
    client.abort();
    expect(await reply).toBe('gone');
    // another round trip through the gateway, so that it had time to hang up
    const other = g.ask(menu, { as: aViewer() });
    await arrived(2);
    pending[1]?.answer(answered);
    await other;
    expect(hasHungUp).toBe(false);
    pending[0]?.answer({ data: null });
  });
});

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
    hasty = await aGateway({ auth, product: broken.url }, { SUBGRAPH_TIMEOUT_MS: '300' });
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

  it('that hangs costs its time-out and its own fields', async () => {
    const heardBefore = broken.heard.length;
    const { body } = await withProduct(() => undefined, hasty);
    expect(body.data).toEqual(partial);
    expect(body.errors?.map(({ path }) => path)).toEqual(paths);
    expect(hasty.logged.join()).toContain('no answer within 300 ms');
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

  it('that gives values of another type spoils no other answer and says nothing of itself', async () => {
    const { text, body } = await withProduct((response) => {
      sayJson(response, { data: { _entities: [{ currentProduct: 'select' }, { currentProduct: [1] }] } });
    });
    expect(body.errors?.[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR');
    expect(text).not.toMatch(leak);
    expect((await g.ask('{ me { loginId } }', { as: aViewer() })).body).toEqual({ data: { me: { loginId: 'kim' } } });
  });
});
