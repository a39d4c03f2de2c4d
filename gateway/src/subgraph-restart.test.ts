import { afterEach, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from './testing/a-gateway.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph, type Heard } from './testing/fake-subgraph.ts';
import { aViewer } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

const menu = '{ billInquiryMenu { currentBillingMonth } }';
const create = 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }';
const answers = {
  query: { data: { billInquiryMenu: { currentBillingMonth: '2026-11' } } },
  mutation: { data: { createBillInquiry: { __typename: 'LineNotFound' } } },
};

type Answer = Parameters<typeof aFakeSubgraph>[0];
const well: Answer = (response, { body }) => {
  sayJson(response, body.query?.startsWith('mutation') === true ? answers.mutation : answers.query);
};
const fetchesIn = (heard: readonly Heard[]) => heard.filter(({ path }) => path === '/graphql').length;
const portOf = ({ url }: FakeSubgraph) => Number(new URL(url).port);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway before a billing that does as told. */
async function withBilling(answer: Answer): Promise<[TestGateway, FakeSubgraph]> {
  const billing = await aFakeSubgraph(answer);
  const g = await aGateway({ billing: billing.url });
  closers.push(
    () => billing.close(),
    () => g.close(),
  );
  return [g, billing];
}

async function startAgain(former: FakeSubgraph, answer: Answer = well): Promise<FakeSubgraph> {
  const again = await aFakeSubgraph(answer, portOf(former));
  closers.unshift(() => again.close());
  return again;
}

describe('A subgraph that starts again', () => {
  it('is waited for, by queries and mutations alike, and hears each of them once', async () => {
    const [g, former] = await withBilling(well);
    const as = aViewer();
    expect((await g.ask(menu, { as })).body).toEqual(answers.query);
    await former.close();
    let answered = 0;
    const replies = [menu, create, menu, create].map((query, nth) =>
      g.ask(query, { as, headers: { 'accept-language': nth < 2 ? 'ko' : 'en' } }).finally(() => (answered += 1)),
    );
    // another round trip through the gateway, so that all four have met the closed port
    await fetch(`${g.url}/health`);
    expect(answered).toBe(0);
    const again = await startAgain(former);
    for (const [nth, reply] of (await Promise.all(replies)).entries()) {
      expect(reply.body).toEqual(nth % 2 === 0 ? answers.query : answers.mutation);
    }
    expect(fetchesIn(again.heard)).toBe(4);
  });

  it('is not waited for any longer once it has been away too long, until it is back', async () => {
    const [g, former] = await withBilling(well);
    await former.close();
    const codeOf = async () => (await g.ask(menu, { as: aViewer() })).body.errors?.[0]?.extensions['code'];
    expect(await codeOf()).toBe('SERVICE_UNAVAILABLE');
    const startedAt = performance.now();
    for (let asked = 0; asked < 10; asked += 1) expect(await codeOf()).toBe('SERVICE_UNAVAILABLE');
    // all ten together take less than the patience that one of them would have had
    expect(performance.now() - startedAt).toBeLessThan(2_500);

    const again = await startAgain(former);
    await until('it was found to be back', () => again.heard.some(({ path }) => path === '/livez'));
    expect((await g.ask(menu, { as: aViewer() })).body).toEqual(answers.query);
  });
});

describe('A subgraph that stops', () => {
  const hangUp: Answer = (response) => void response.destroy();
  const closing: readonly [string, Answer][] = [
    ['closes the connection before it answers', hangUp],
    ['says that it is closing', (response) => void response.writeHead(503).end('{}')],
    [
      'breaks off its answer',
      (response) => void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    ],
  ];

  it.each(closing)('and %s is asked a query once more, and a mutation never', async (_how, stop) => {
    let isStopping = true;
    const [g, billing] = await withBilling((response, heard) => {
      (isStopping ? stop : well)(response, heard);
      isStopping = false;
    });
    const as = aViewer();
    expect((await g.ask(menu, { as })).body).toEqual(answers.query);
    expect(billing.heard).toHaveLength(2);

    isStopping = true;
    const { status, body } = await g.ask(create, { as });
    expect([status, body.errors?.[0]?.extensions['code'], billing.heard.length]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      3,
    ]);
  });

  it('for everybody is not asked much more than it would be anyway', async () => {
    // only every third time, and one after another, so that no circuit opens and hides what is counted here
    let nth = 0;
    const [g, billing] = await withBilling((response, heard) => {
      nth += 1;
      (nth % 3 === 0 ? hangUp : well)(response, heard);
    });
    const asked = 200;
    for (let at = 0; at < asked; at += 1) await g.ask(menu, { as: aViewer() });
    const reserve = 20;
    expect(billing.heard.length).toBeGreaterThan(asked);
    expect(billing.heard.length).toBeLessThanOrEqual(asked * 1.1 + reserve);
  });
});
