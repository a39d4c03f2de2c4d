import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultKosConfig } from '@supergraph/kos-simulator/config';
import { createKosSimulator } from '@supergraph/kos-simulator/simulator';
import { createLocalQuota } from '@supergraph/platform/resilience';
import { describeError } from '@supergraph/platform/telemetry';
import { createManualClock } from '@supergraph/platform/testing';

import { calendarDay } from '../domain/calendar.ts';
import { KosUnavailable } from '../domain/kos-unavailable.ts';
import type { OrderIn } from '../domain/product-order.ts';
import { openKos, type OpenKos } from './open-kos.ts';

const clock = createManualClock('2026-09-15T03:00:00.000Z');
const line = { lineId: 'ln_1', customerId: 'CUST001', lineNumber: '01012345678', productVersion: 1 };
const order: OrderIn<'SENT'> = {
  id: 'po_1',
  externalId: 'k',
  userId: 'user',
  customerId: 'CUST001',
  lineId: 'ln_1',
  productCodeBefore: '5G-PREMIUM-001',
  productCodeAfter: '5G-STANDARD-001',
  requestedAt: clock.now(),
  requestedDate: calendarDay('2026-09-15'),
  state: { kind: 'SENT', sentAt: clock.now() },
};
const deadline = new Date(clock.now().getTime() + 60_000);

/** Everything KOS is asked for: how, and what it looks like to whoever asked when there is no usable answer. */
const questions = [
  {
    operation: 'products',
    question: 'the plans, to be shown',
    ask: (kos: OpenKos) => kos.readCatalogue('interactive'),
    refused: KosUnavailable,
  },
  {
    operation: 'products',
    question: 'the plans, to decide',
    ask: (kos: OpenKos) => kos.catalogue('interactive'),
    refused: { kind: 'unavailable' },
  },
  {
    operation: 'line-status',
    question: 'a line, to be shown',
    ask: (kos: OpenKos) => kos.readStanding(line, 'interactive'),
    refused: KosUnavailable,
  },
  {
    operation: 'line-status',
    question: 'a line, to decide',
    ask: (kos: OpenKos) => kos.standing(line, 'interactive'),
    refused: { kind: 'unavailable' },
  },
  {
    operation: 'customer',
    question: 'a customer',
    ask: (kos: OpenKos) => kos.customer('CUST001', 'interactive'),
    refused: KosUnavailable,
  },
  {
    operation: 'product-change',
    question: 'a change',
    ask: (kos: OpenKos) => kos.change(order, line, deadline),
    refused: { kind: 'unclear' },
  },
  {
    operation: 'change-status',
    question: 'what its books say of a change',
    ask: (kos: OpenKos) => kos.look(order, line.lineNumber, 'background'),
    refused: { record: { kind: 'unreachable' } },
  },
] as const;

const malformations = ['html', 'truncated', 'wrong-types', 'other-line'] as const;
const isAboutNobody = (operation: string) => operation === 'products';
/** The books of KOS hold no number and nothing else that is not text. */
const hasTextOnly = (operation: string) => operation === 'change-status';
const cases = questions.flatMap((asked) =>
  malformations
    .filter((malformed) => !(malformed === 'other-line' && isAboutNobody(asked.operation)))
    .filter((malformed) => !(malformed === 'wrong-types' && hasTextOnly(asked.operation)))
    .map((malformed) => ({ ...asked, malformed })),
);

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
      timeouts: { readTimeoutMs: 3_000, changeTimeoutMs: 5_000 },
      quota: createLocalQuota({ limit: 1_000, windowMs: 60_000 }),
      clock,
      events: { unusable: ({ operation, error }) => alarms.push(`${operation} ${describeError(error).error}`) },
    });
  });
  afterEach(() => kos.close());

  it.each(cases)('asked for $question and answering $malformed has not answered', async (asked) => {
    const { operation, malformed, refused } = asked;
    // The books know the order by then.
    if (operation === 'change-status') await kos.change(order, line, deadline);
    alarms = [];
    simulator.admin.faults.replace([{ operation, malformed }]);
    const outcome = asked.ask(kos);
    if (refused === KosUnavailable) await expect(outcome).rejects.toThrow(KosUnavailable);
    else expect(await outcome).toMatchObject(refused);
    expect(alarms).toHaveLength(1);
    expect(alarms.join()).not.toMatch(/\d{11}/);
  });
});
