import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '@supergraph/platform/server';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph, type Heard } from './testing/fake-subgraph.ts';
import { authOfOneCustomer, everything, productOfAnyLine } from './testing/one-customer.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

let contexts: RequestContext[] = [];
let asked: string[] = [];
const auth = authOfOneCustomer((context) => {
  contexts.push(context);
});
const product = productOfAnyLine((lineId) => {
  asked.push(lineId);
});

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
