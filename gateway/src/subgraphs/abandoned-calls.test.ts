import { afterEach, describe, expect, it } from '@jest/globals';

import { aGateway } from '../testing/a-gateway.ts';
import { aFakeSubgraph, sayJson } from '../testing/fake-subgraph.ts';
import { aViewer } from '../testing/stand-in-subgraphs.ts';
import { until } from '../testing/until.ts';

const menu = '{ billInquiryMenu { currentBillingMonth } }';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway before a billing that fails, hangs or answers. */
async function withBilling() {
  let mood: 'fails' | 'hangs' | 'answers' = 'fails';
  const billing = await aFakeSubgraph((response) => {
    if (mood === 'fails') response.writeHead(501).end();
    if (mood === 'answers') sayJson(response, { data: { billInquiryMenu: { currentBillingMonth: '2026-11' } } });
  });
  const g = await aGateway({ billing: billing.url });
  closers.push(
    () => billing.close(),
    () => g.close(),
  );
  const ask = async (how: typeof mood) => {
    mood = how;
    return (await g.ask(menu, { as: aViewer() })).status;
  };
  return {
    ask,
    fail: async (times: number) => {
      for (let failed = 0; failed < times; failed += 1) expect(await ask('fails')).toBe(503);
    },
    /** Asks, and leaves before there is an answer. */
    leave: async () => {
      mood = 'hangs';
      const client = new AbortController();
      const heardBefore = billing.heard.length;
      const left = g.ask(menu, { as: aViewer(), signal: client.signal }).catch(() => 'left');
      await until('billing is asked', () => billing.heard.length > heardBefore);
      client.abort();
      expect(await left).toBe('left');
      await billing.heard[heardBefore]?.hungUp;
    },
    /** What became of the circuit, in order. */
    states: () =>
      [...g.logged.join().matchAll(/"circuit":"billing query","state":"([a-z-]+)"/g)].map(([, state]) => state),
  };
}

describe('A client that leaves before there is an answer', () => {
  it('does not make up for failures', async () => {
    const { fail, leave, states } = await withBilling();
    await fail(4);
    await leave();
    await fail(1);
    expect(states()).toEqual(['open']);
  });

  it('leaves the verdict on a subgraph that was left alone to whoever asks next', async () => {
    const { ask, fail, leave, states } = await withBilling();
    await fail(5);
    await until('a probe is let through', () => states().at(-1) === 'half-open');
    await leave();
    expect(states()).toEqual(['open', 'half-open']);
    expect(await ask('answers')).toBe(200);
    expect(states()).toEqual(['open', 'half-open', 'closed']);
  });
});
