import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { aBalancer } from './testing/balancer.ts';
import { aFakeSubgraph, sayJson, type FakeSubgraph } from './testing/fake-subgraph.ts';
import { aGatewayProcess, type GatewayProcess } from './testing/gateway-process.ts';
import { aToken, anAuthDesk, aViewer } from './testing/stand-in-subgraphs.ts';
import { until } from './testing/until.ts';

const menu = '{ billInquiryMenu { currentBillingMonth } }';
const order = 'mutation { createBillInquiry(input: { lineId: "ln_1" }) { __typename } }';
const desk = await anAuthDesk();
const headers = {
  'content-type': 'application/json',
  authorization: `Bearer ${aToken(desk, aViewer(), new Date())}`,
};
const longestStopMs = 15_000;
// a machine that has much else to do takes its time to start a process, and one test starts two
jest.setTimeout(150_000);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Stands for all three subgraphs; mutations are answered when told. */
async function subgraphs(): Promise<{ all: FakeSubgraph; answerMutations: () => void }> {
  const waiting: (() => void)[] = [];
  const all = await aFakeSubgraph((response, { path, body }) => {
    if (path.endsWith('jwks.json')) sayJson(response, { keys: desk.keys.map((key) => key.publicJwk) });
    else if (path.endsWith('session-check')) sayJson(response, { state: 'ACTIVE', lineIds: [] });
    else if (body.query?.startsWith('mutation') !== true) sayJson(response, { data: { billInquiryMenu: null } });
    else
      waiting.push(() => {
        sayJson(response, { data: { createBillInquiry: { __typename: 'LineNotFound' } } });
      });
  });
  closers.push(() => all.close());
  return {
    all,
    answerMutations: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

async function start(
  { url }: FakeSubgraph,
  more: Record<string, string> = {},
  descriptors?: number,
): Promise<GatewayProcess> {
  const environment = { SUBGRAPH_AUTH_URL: url, SUBGRAPH_BILLING_URL: url, SUBGRAPH_PRODUCT_URL: url, ...more };
  const gateway = await aGatewayProcess(environment, descriptors === undefined ? {} : { descriptors });
  closers.push(() => {
    gateway.signal('SIGKILL');
  });
  return gateway;
}

/** Asks once; the status, or why there was none. */
function ask(url: string, query: string, agent: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    const asking = request(`${url}/graphql`, { method: 'POST', headers, agent }, (answer) => {
      answer.resume().on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
      answer.on('error', ({ message }) => {
        resolve(message);
      });
    });
    asking.on('error', ({ message }) => {
      resolve(message);
    });
    asking.end(JSON.stringify({ query }));
  });
}

/** Asks over kept-alive connections without a pause until told to stop. */
function steadyLoad(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const outcomes = new Map<number | string, number>();
  let isOver = false;
  const works = Array.from({ length: connections }, async () => {
    while (!isOver) {
      const outcome = await ask(url, menu, agent);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  });
  return {
    asked: () => [...outcomes.values()].reduce((sum, count) => sum + count, 0),
    stop: async () => {
      isOver = true;
      await Promise.all(works);
      agent.destroy();
      return outcomes;
    },
  };
}

describe('A gateway that is replaced behind a balancer', () => {
  it('fails no request of a steady load', async () => {
    const { all } = await subgraphs();
    const balancer = await aBalancer();
    closers.push(() => balancer.close());
    const former = await start(all, { DRAIN_DELAY_MS: '1500' });
    balancer.addTarget(former.url);
    await until('the first is ready', () => balancer.ready() === 1);
    const load = steadyLoad(balancer.url, 8);
    const next = await start(all, { DRAIN_DELAY_MS: '1500' });
    balancer.addTarget(next.url);
    await until('the second is ready', () => balancer.ready() === 2);

    former.signal('SIGTERM');
    former.signal('SIGTERM');
    former.signal('SIGINT');
    const { code, tookMs } = await former.ended;
    expect([code, tookMs < longestStopMs]).toEqual([0, true]);
    const askedBefore = load.asked();
    await until('the second serves alone', () => load.asked() > askedBefore + 50);
    const outcomes = await load.stop();
    expect([...outcomes.keys()]).toEqual([200]);
    expect(outcomes.get(200)).toBeGreaterThan(200);
  });
});

describe('A gateway told to stop', () => {
  it('answers the change that is under way, though told again and again', async () => {
    const { all, answerMutations } = await subgraphs();
    const gateway = await start(all);
    const agent = new Agent({ keepAlive: true });
    const change = ask(gateway.url, order, agent);
    await until('the change is under way', () =>
      all.heard.some(({ body }) => body.query?.startsWith('mutation') === true),
    );
    gateway.signal('SIGTERM');
    await until('it heard', () => gateway.printed().includes('stopping'));
    gateway.signal('SIGTERM');
    gateway.signal('SIGINT');
    await until('it heard again', () => gateway.printed().split('stopping').length >= 3);
    answerMutations();
    expect(await change).toBe(200);
    const { code, tookMs } = await gateway.ended;
    expect([code, tookMs < longestStopMs]).toEqual([0, true]);
  });
});

describe('A gateway without descriptors left', () => {
  /** Enough to start with: loading the sources alone opens many files at once. */
  const descriptors = 300;

  it('lives on, and answers again when there are some', async () => {
    const { all } = await subgraphs();
    const gateway = await start(all, {}, descriptors);
    const agent = new Agent();
    expect(await ask(gateway.url, menu, agent)).toBe(200);

    const port = Number(new URL(gateway.url).port);
    let dropped = 0;
    const sockets: Socket[] = [];
    for (let nth = 0; nth < 2 * descriptors; nth += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).on('close', () => (dropped += 1));
      await once(socket, 'connect');
      sockets.push(socket);
    }
    await until('some were refused', () => dropped > 0);
    for (const socket of sockets) socket.destroy();

    let answered: number | string = '';
    const lastMs = performance.now() + 10_000;
    while (answered !== 200 && performance.now() < lastMs) answered = await ask(gateway.url, menu, agent);
    expect(answered).toBe(200);
    gateway.signal('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
  });
});
