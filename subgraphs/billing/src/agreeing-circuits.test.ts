import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';
import { testRedisUrl } from '@supergraph/database/testing';
import { createLogger } from '@supergraph/platform/telemetry';

import { composeBilling, type Billing } from './compose.ts';
import { readBillingConfig } from './config.ts';
import { SUBJECT_REST_MS } from './kos/kos-policy.ts';
import { aBillingGraph, secondCustomer, type BillingGraph } from './testing/a-billing-graph.ts';
import { eventually } from './testing/eventually.ts';
import { menu } from './testing/operations.ts';

let graph: BillingGraph;
let other: Billing;
afterEach(async () => {
  await other.close();
  await graph.close();
});

describe('Two instances of billing', () => {
  it('find out once for both that KOS fails: the other one refuses within a second, and never asks', async () => {
    graph = await aBillingGraph({ settings: { REDIS_URL: testRedisUrl() } });
    const log: string[] = [];
    const destination = { write: (entry: string) => void log.push(entry) };
    other = await composeBilling(readBillingConfig(graph.environment), {
      clock: graph.clock,
      log: createLogger({ service: 'billing', level: 'info', destination }),
    });
    const there = { viewer: secondCustomer, at: await other.listen({ host: '127.0.0.1', port: 0 }) };
    await graph.ask(menu);
    await graph.ask(menu, {}, there);
    await eventually(() => log.join('').includes('the shared cache is there'));

    graph.kos.faults.replace([{ operation: 'bill-inquiry', status: 500 }]);
    for (const month of ['2026-09', '2026-08', '2026-07', '2026-06', '2026-05']) {
      await graph.bill(graph.lineOf('01012345678'), { month });
      graph.clock.advance(SUBJECT_REST_MS);
    }
    // A second as these processes live it: one in which they were kept from running is none of theirs.
    const hasLearned = () => log.join('').includes('"circuit":"kos-bill","learnedBy":"elsewhere"');
    for (let waitedMs = 0; waitedMs < 1_000 && !hasLearned(); waitedMs += 10) await sleep(10);
    expect(hasLearned()).toBe(true);

    const refused = await graph.bill(graph.lineOf('01087654321'), { as: there });
    expect(refused).toMatchObject({ __typename: 'BackendUnavailable', code: 'KOS_UNAVAILABLE' });
    expect(graph.billCalls()).toBe(5);
  });
});
