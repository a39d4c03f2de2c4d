import { afterEach, describe, expect, it } from '@jest/globals';
import { CodedError } from '@supergraph/platform/errors';

import { aGateway, type Reply, type TestGateway } from './testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from './testing/fake-subgraph.ts';
import { authOfOneCustomer, everything, productOfAnyLine } from './testing/one-customer.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

const refuseLogin = (): never => {
  throw new CodedError('INVALID_CREDENTIALS');
};
const auth = { ...authOfOneCustomer(), Mutation: { login: refuseLogin } };
const product = productOfAnyLine();
/** What a subgraph takes at once and what may wait for a place, as in the policy. */
const places = { concurrent: 64, queue: 64 };

const menu = '{ billInquiryMenu { currentBillingMonth } }';
const codeOf = ({ body }: Reply) => body.errors?.[0]?.extensions['code'];

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway whose billing does as told; its own patience is short enough for a test. */
async function withBilling(answer: Parameters<typeof aFakeSubgraph>[0]): Promise<[TestGateway, FakeSubgraph]> {
  const billing = await aFakeSubgraph(answer);
  const g = await aGateway({ auth, product, billing: billing.url }, { SUBGRAPH_TIMEOUT_MS: '2000' });
  closers.push(
    () => billing.close(),
    () => g.close(),
  );
  return [g, billing];
}

describe('A subgraph that hangs', () => {
  it('holds only as many requests as it has places for, and leaves the others to the rest of the graph', async () => {
    const [g, billing] = await withBilling(() => undefined);
    const replies: Reply[] = [];
    // people of one session, which auth is asked about once: it is billing that is to have too much to do
    const piledUp = Array.from({ length: 200 }, async (_, nth) => {
      const reply = await g.ask(menu, { as: aViewer({ userId: `usr_${String(nth)}`, sessionId: 'ses_1' }) });
      replies.push(reply);
      return reply;
    });
    await until('all places are taken', () => billing.heard.length === places.concurrent);
    await until('the rest is refused', () => replies.length >= 200 - places.concurrent - places.queue);
    expect([replies[0]?.status, replies[0] && codeOf(replies[0])]).toEqual([503, 'OVERLOADED']);

    const others = await Promise.all([
      g.ask(everything, { as: aViewer() }),
      g.ask('mutation { login(input: { loginId: "a", password: "b" }) { __typename } }'),
      g.ask(`{ me { loginId } ${menu.slice(1)}`, { as: aViewer() }),
    ]);
    expect(others.map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(others[0].body.errors).toBeUndefined();
    expect(others[2].body.data).toEqual({ me: { loginId: 'kim' }, billInquiryMenu: null });
    expect(others[2].body.errors?.map(({ path }) => path)).toEqual([['billInquiryMenu']]);

    const last = await Promise.all(piledUp);
    expect(new Set(last.map(({ status }) => status))).toEqual(new Set([503]));
    expect(billing.heard.length).toBeLessThan(200);
  });

  it('is left alone after some failures, and asked again soon', async () => {
    let isHanging = true;
    const [g, billing] = await withBilling((response) => {
      if (!isHanging) sayJson(response, { data: { billInquiryMenu: null } });
    });
    await Promise.all(Array.from({ length: 5 }, () => g.ask(menu, { as: aViewer() })));
    expect(g.logged.join()).toContain('"circuit":"billing query","state":"open"');
    const refused = await g.ask(menu, { as: aViewer() });
    expect([refused.status, codeOf(refused), billing.heard.length]).toEqual([503, 'SERVICE_UNAVAILABLE', 5]);
    expect(refused.body.errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);

    isHanging = false;
    await until('the circuit lets a probe through', () => g.logged.join().includes('"state":"half-open"'));
    expect((await g.ask(menu, { as: aViewer() })).status).toBe(200);
  });

  it('is not blamed for refusals that are answers, nor for clients that leave', async () => {
    let isHanging = false;
    const [g, billing] = await withBilling((response) => {
      const error = { message: 'x', path: ['billInquiryMenu'], extensions: { code: 'KOS_BUSY' } };
      if (!isHanging) sayJson(response, { data: { billInquiryMenu: null }, errors: [error] });
    });
    for (let asked = 0; asked < 10; asked += 1) expect(codeOf(await g.ask(menu, { as: aViewer() }))).toBe('KOS_BUSY');
    isHanging = true;
    const client = new AbortController();
    const left = Array.from({ length: 10 }, () =>
      g.ask(menu, { as: aViewer(), signal: client.signal }).catch(() => 'left'),
    );
    await until('all are asked', () => billing.heard.length === 20);
    client.abort();
    expect(new Set(await Promise.all(left))).toEqual(new Set(['left']));
    await Promise.all(billing.heard.slice(10).map(({ hungUp }) => hungUp));
    isHanging = false;
    expect(codeOf(await g.ask(menu, { as: aViewer() }))).toBe('KOS_BUSY');
  });
});

describe('A request whose own time runs out', () => {
  it('is told so, instead of blaming the subgraph that was asked last', async () => {
    const hanging = await aFakeSubgraph(() => undefined);
    const g = await aGateway({
      auth: authOfOneCustomer(() => {
        g.clock.advance(7_900);
      }),
      product: hanging.url,
    });
    closers.push(
      () => hanging.close(),
      () => g.close(),
    );
    const { status, body } = await g.ask(everything, { as: aViewer() });
    expect([status, new Set(body.errors?.map(({ extensions: { code } }) => code))]).toEqual([
      200,
      new Set(['TIMED_OUT']),
    ]);
  });
});
