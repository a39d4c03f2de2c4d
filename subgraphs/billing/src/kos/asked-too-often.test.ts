import { afterEach, describe, expect, it } from '@jest/globals';

import { aBillingGraph, type BillingGraph } from '../testing/a-billing-graph.ts';
import { menu } from '../testing/operations.ts';

let graph: BillingGraph;
afterEach(() => graph.close());

describe('KOS that says it was asked too often', () => {
  it('is not asked again before the time it named, and answers from then on', async () => {
    graph = await aBillingGraph({ kos: { callsPerMinute: 2 } });
    await graph.ask(menu);
    const line = graph.lineOf('01012345678');
    await graph.bill(line);
    const busy = { __typename: 'BackendUnavailable', code: 'KOS_BUSY' };
    for (const month of ['2026-08', '2026-07', '2026-06']) {
      expect(await graph.bill(line, { month })).toMatchObject({ ...busy, retryAfterMs: 60_000 });
    }
    expect(graph.kos.callCount().refused).toBe(1);
    graph.clock.advance(59_999);
    expect(await graph.bill(line, { month: '2026-08' })).toMatchObject(busy);
    expect(graph.kos.callCount().refused).toBe(1);
    graph.clock.advance(1);
    expect(await graph.bill(line, { month: '2026-08' })).toMatchObject({ __typename: 'CustomerBill' });
  });
});
