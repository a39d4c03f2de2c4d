import { describe, expect, it } from '@jest/globals';
import { createManualClock, type ManualClock } from '@supergraph/platform/testing';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';
import fc from 'fast-check';

import { calendarDay } from './calendar.ts';
import type { KosCall } from './kos-call.ts';
import type { ChangeReply, ChangeSource, DueOrder, OrderStore } from './ports.ts';
import { isSettled, mayFollow, type OrderIn, type ProductOrder, type StateKind } from './product-order.ts';
import type { OwnLine } from './product.ts';
import { spacingMs, usualSettlementPolicy as policy } from './reconciliation.ts';
import { createSendProductChange } from './send-product-change.ts';
import { createSettleProductChange } from './settle-product-change.ts';

/** What the network and KOS make of the one request. */
const fates = ['applied', 'refused', 'lost on its way', 'answer lost', 'applied late', 'never left'] as const;

interface Schedule {
  readonly fate: (typeof fates)[number];
  /** For 'applied late': when KOS applies it, as a part of the time it may take. */
  readonly lateness: number;
  /** The process dies at these of its contacts with the outside, before or after they took effect. */
  readonly crashes: readonly { readonly at: number; readonly isAfterEffect: boolean }[];
  /** The sender sleeps with the request ready, while another process looks after orders. */
  readonly pauseBeforeSendingMs: number;
  /** The answer is long under way, while another process looks after orders. */
  readonly pauseBeforeAnswerMs: number;
  /** Whether KOS's books can be read, look by look; from the end of the list on they can. */
  readonly looks: readonly boolean[];
}

const line: OwnLine = { lineId: 'ln_a', customerId: 'CUST001', lineNumber: '01012345678', productVersion: 1 };
const effectiveDate = calendarDay('2026-09-15');
const aCall: KosCall = {
  operation: 'CHANGE',
  requestedAt: new Date(0),
  respondedAt: null,
  resultCode: null,
  outcome: 'UNCLEAR',
  exchange: null,
};

class Crash extends Error {}

/** One world: a clock, a KOS with books, one stored order, and processes that come and go. */
function aWorld(schedule: Schedule) {
  const clock = createManualClock('2026-09-15T03:00:00.000Z');
  const path: StateKind[] = ['REQUESTED'];
  let order: ProductOrder = {
    id: 'order',
    externalId: 'key',
    userId: 'user',
    customerId: line.customerId,
    lineId: line.lineId,
    productCodeBefore: 'A',
    productCodeAfter: 'B',
    requestedAt: clock.now(),
    requestedDate: effectiveDate,
    state: { kind: 'REQUESTED' },
  };
  let dueAt: Date | null = new Date(clock.now().getTime() + 30 * SECOND_MS);
  let looksBefore = 0;
  let contacts = 0;

  /** Every contact with the outside is a place to die at. */
  async function contact<T>(effect: () => T | Promise<T>): Promise<T> {
    const crash = schedule.crashes.find(({ at }) => at === contacts);
    contacts += 1;
    if (crash?.isAfterEffect === false) throw new Crash();
    const result = await effect();
    if (crash !== undefined) throw new Crash();
    return result;
  }

  const orders: OrderStore = {
    place: () => Promise.reject(new Error('placed already')),
    findByKey: () => Promise.resolve(null),
    findOpen: () => Promise.resolve(null),
    find: () => contact(() => order),
    advance: (known, step) =>
      contact(() => {
        if (order.state.kind !== known.state.kind) return null;
        const taken = { ...known, state: step.to };
        order = taken;
        path.push(order.state.kind);
        dueAt = step.dueAt;
        return taken;
      }),
    claimDue: (now, leaseUntil): Promise<DueOrder | null> =>
      contact(() => {
        if (dueAt === null || dueAt > now) return null;
        dueAt = leaseUntil;
        return { order, lineNumber: line.lineNumber, looksBefore };
      }),
    recordLook: (_id, _call, nextLookAt) =>
      contact(() => {
        looksBefore += 1;
        if (order.state.kind === 'UNKNOWN') dueAt = nextLookAt;
      }),
  };

  const kos = aKos(schedule, clock);
  const source: ChangeSource = {
    async change(sent, _line, deadline) {
      await sleep(schedule.pauseBeforeSendingMs);
      if (clock.now() >= deadline) return { kind: 'not-sent', unavailability, call: aCall };
      const reply = await contact(() => kos.change(sent));
      await sleep(schedule.pauseBeforeAnswerMs);
      return reply;
    },
    look: () => contact(() => kos.look(looksBefore)),
  };

  const settle = createSettleProductChange({
    orders,
    kos: source,
    policy,
    clock,
    events: { settled: () => undefined, handedOver: () => undefined },
  });

  /** Somebody looks after orders for a while, process after process when they die. */
  async function sleep(ms: number): Promise<void> {
    const endMs = clock.now().getTime() + ms;
    while (clock.now().getTime() < endMs) {
      const nextMs = Math.max(dueAt?.getTime() ?? endMs, clock.now().getTime() + SECOND_MS);
      clock.advance(Math.min(nextMs, endMs) - clock.now().getTime());
      await lookAfter();
    }
  }
  async function lookAfter(): Promise<void> {
    try {
      while (await settle());
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }

  return {
    clock,
    kos,
    path,
    sleep,
    order: () => order,
    async send(): Promise<void> {
      const send = createSendProductChange({ orders, kos: source, policy, clock });
      const requested: OrderIn<'REQUESTED'> = { ...order, state: { kind: 'REQUESTED' } };
      try {
        await send(requested, line);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    },
  };
}

const unavailability = { code: 'KOS_UNAVAILABLE', retryAfterMs: 1_000 } as const;

function aKos(schedule: Schedule, clock: ManualClock) {
  let applications = 0;
  let appliesAtMs: number | null = null;
  let isRefused = false;

  const applied = (): boolean => appliesAtMs !== null && appliesAtMs <= clock.now().getTime();
  const apply = (delayMs: number): void => {
    applications += 1;
    appliesAtMs = clock.now().getTime() + delayMs;
  };

  return {
    applied,
    willApply: () => appliesAtMs !== null,
    applications: () => applications,
    change(_order: OrderIn<'SENT'>): ChangeReply {
      const unclear = { kind: 'unclear', call: aCall } as const;
      switch (schedule.fate) {
        case 'applied':
          apply(0);
          return { kind: 'accepted', effectiveDate, call: aCall };
        case 'refused':
          isRefused = true;
          return { kind: 'refused', reason: 'OTHER', call: aCall };
        case 'lost on its way':
          return unclear;
        case 'answer lost':
          apply(0);
          return unclear;
        case 'applied late':
          apply(Math.floor(schedule.lateness * (policy.quarantineMs - 1)));
          return unclear;
        case 'never left':
          return { kind: 'not-sent', unavailability, call: aCall };
      }
    },
    look(nth: number): Awaited<ReturnType<ChangeSource['look']>> {
      if (schedule.looks[nth] === false) return { record: { kind: 'unreachable' }, call: aCall };
      if (applied()) return { record: { kind: 'accepted', effectiveDate }, call: aCall };
      if (isRefused) return { record: { kind: 'refused', reason: 'OTHER' }, call: aCall };
      return { record: { kind: 'absent' }, call: aCall };
    },
  };
}

const pauseMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * MINUTE_MS }));
const schedules: fc.Arbitrary<Schedule> = fc.record({
  fate: fc.constantFrom(...fates),
  lateness: fc.double({ min: 0, max: 1, noNaN: true }),
  crashes: fc.array(fc.record({ at: fc.nat(12), isAfterEffect: fc.boolean() }), { maxLength: 3 }),
  pauseBeforeSendingMs: pauseMs,
  pauseBeforeAnswerMs: pauseMs,
  looks: fc.array(fc.boolean(), { maxLength: 4 }),
});

const hours = (count: number) => count * HOUR_MS;

describe('An order whose request may be lost, answered never, applied late, or whose process may die at any contact', () => {
  it('is applied at most once, told right, and settled soon after the faults stop', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const world = aWorld(schedule);
        await world.send();
        await world.sleep(policy.callTimeoutMs + policy.quarantineMs + hours(1));
        const { state } = world.order();

        // P1
        expect(world.kos.applications()).toBeLessThanOrEqual(1);
        // P2, also later
        if (state.kind === 'COMPLETED') expect(world.kos.applied()).toBe(true);
        if (state.kind === 'FAILED' || state.kind === 'REJECTED') expect(world.kos.willApply()).toBe(false);
        // P3
        expect(isSettled(world.order())).toBe(true);
        // P6
        const steps = world.path.slice(1).map((to, index) => [world.path[index] ?? 'REQUESTED', to] as const);
        expect(steps.every(([from, to]) => mayFollow(from, to))).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is handed to people, and never guessed about, when KOS stays silent for a day', async () => {
    const silent = fc.constant(Array.from({ length: 1_000 }, () => false));
    const fate = fc.constantFrom('lost on its way', 'answer lost', 'applied late');
    await fc.assert(
      fc.asyncProperty(schedules, fate, silent, async (schedule, doubtful, looks) => {
        const world = aWorld({ ...schedule, crashes: [], pauseBeforeSendingMs: 0, fate: doubtful, looks });
        await world.send();
        await world.sleep(hours(23));
        expect(world.order().state.kind).toBe('UNKNOWN');
        await world.sleep(hours(1) + spacingMs(100));
        expect(world.order().state.kind).toBe('NEEDS_OPERATOR');
      }),
      { numRuns: 20 },
    );
  });
});
