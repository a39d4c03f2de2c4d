import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultKosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator } from '@supergraph/kos-simulator/simulator';
import { createLocalQuota } from '@supergraph/platform/resilience';
import { describeError } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';

import { offeredMonths } from '../domain/billing-month.ts';
import { KosDidNotAnswer } from '../domain/kos-call.ts';
import { openKos, type OpenKos } from './open-kos.ts';

const clock = createManualClock('2026-09-15T03:00:00.000Z');
const [month] = offeredMonths(clock.now());
if (month === undefined) throw new Error('no month is offered');
const line = { id: 'ln_1', customerId: 'CUST001', number: '01012345678' };
const how = { priority: 'interactive', deadline: null } as const;

/** Everything KOS is asked for. */
const questions = [
  {
    operation: 'bill-inquiry',
    group: 'kos-bill',
    ask: (kos: OpenKos) => kos.bill({ line, month, takesStale: false, ...how }),
  },
  { operation: 'customer', group: 'kos-customer', ask: (kos: OpenKos) => kos.customer('CUST001', how) },
] as const;
const malformations = ['html', 'truncated', 'wrong-types', 'other-line'] as const;
const cases = questions.flatMap((asked) => malformations.map((malformed) => ({ ...asked, malformed })));

describe('KOS', () => {
  const simulator = createKosSimulator({ ...defaultKosConfig, customerCount: 10, latencyScale: 0.01 }, { clock });
  let url: string;
  let kos: OpenKos;
  let alarms: string[];
  beforeAll(async () => {
    ({ url } = await simulator.listen());
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    alarms = [];
    simulator.admin.faults.clear();
    kos = openKos({
      url,
      timeoutMs: 3_000,
      quota: createLocalQuota({ limit: 1_000, windowMs: 60_000 }),
      clock,
      events: {
        asked: () => undefined,
        unusable: ({ group, error }) => alarms.push(`${group} ${describeError(error).error}`),
        unknownItemType: () => undefined,
      },
    });
  });
  afterEach(() => kos.close());

  it.each(cases)('asked for $operation and answering $malformed has not answered', async (asked) => {
    const { operation, malformed, group } = asked;
    simulator.admin.faults.replace([{ operation, malformed }]);
    const outcome: unknown = await asked.ask(kos).catch((error: unknown) => error);
    if (!(outcome instanceof KosDidNotAnswer)) throw new Error('an unusable answer was taken');
    expect(outcome.call).toMatchObject({ outcome: 'UNUSABLE', respondedAt: clock.now() });
    expect(alarms).toEqual([expect.stringContaining(group)]);
    expect(alarms.join()).not.toMatch(/\d{11}/);
  });
});
