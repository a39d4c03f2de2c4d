import { KosDidNotAnswer } from '@supergraph/billing/domain/kos-call';
import { openKos as openBillingKos } from '@supergraph/billing/kos/open-kos';
import { createLocalQuota } from '@supergraph/platform/resilience';
import { SECOND_MS, systemClock } from '@supergraph/platform/time';
import { openKos as openProductKos } from '@supergraph/product/kos/open-kos';

import { aBillQuestion, aSentOrder, ownLine } from '../remote-questions.ts';
import { gaveUp, goesOn, http, ignore, type Adapter, type Attempt } from './adapter.ts';

const noQuota = () => createLocalQuota({ limit: 1_000_000, windowMs: SECOND_MS });
const kosTimeoutMs = 400;

const billingKos = (name: string, ask: (kos: ReturnType<typeof openBillingKos>) => Promise<unknown>): Attempt => ({
  name,
  withinMs: kosTimeoutMs,
  async attempt(port) {
    const events = { asked: ignore, unusable: ignore, unknownItemType: ignore };
    const quota = noQuota();
    const kos = openBillingKos({ url: http(port), timeoutMs: kosTimeoutMs, quota, events, clock: systemClock });
    const tookMs = await gaveUp(() => ask(kos), KosDidNotAnswer);
    await kos.close();
    return tookMs;
  },
});

const productKos = (name: string, ask: (kos: ReturnType<typeof openProductKos>) => Promise<unknown>): Attempt => ({
  name,
  withinMs: kosTimeoutMs,
  async attempt(port) {
    const timeouts = { readTimeoutMs: kosTimeoutMs, changeTimeoutMs: kosTimeoutMs };
    const events = { unusable: ignore };
    const kos = openProductKos({ url: http(port), timeouts, quota: noQuota(), events, clock: systemClock });
    const told = () => ask(kos).catch(() => 'unavailable');
    const tookMs = await goesOn(told, (outcome) =>
      /unavailable|not-sent|unclear|unreachable/.test(JSON.stringify(outcome)),
    );
    await kos.close();
    return tookMs;
  },
});

const soon = () => new Date(Date.now() + 60_000);

export const kos: Adapter = {
  name: 'KOS',
  places: [
    'packages/platform/src/http/json-client.ts undici',
    'subgraphs/billing/src/kos/open-kos.ts createJsonClient',
    'subgraphs/product/src/kos/open-kos.ts createJsonClient',
  ],
  addresses: ['billing KOS_URL', 'product KOS_URL'],
  attempts: [
    billingKos('a bill', (asked) => asked.bill(aBillQuestion())),
    billingKos('whose lines they are (billing)', (asked) =>
      asked.customer('CUST001', { priority: 'interactive', deadline: null }),
    ),
    productKos('whose lines they are (product)', (asked) => asked.customer('CUST001', 'interactive')),
    productKos('the plans', (asked) => asked.readCatalogue('interactive')),
    productKos('the plans, to decide', (asked) => asked.catalogue('interactive')),
    productKos('a line', (asked) => asked.readStanding(ownLine, 'interactive')),
    productKos('a line, to decide', (asked) => asked.standing(ownLine, 'interactive')),
    productKos('a change', (asked) => asked.change(aSentOrder(), ownLine, soon())),
    productKos('the books about a change', (asked) => asked.look(aSentOrder(), ownLine.lineNumber, 'background')),
  ],
};
