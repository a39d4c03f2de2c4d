import { createManualClock } from '@supergraph/platform/testing';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';

import { calendarDay } from '../domain/calendar.ts';
import type { Decision, RecordedDecision } from '../domain/operator-decision.ts';
import type { ChangeSource, DueOrder, OperatorJournal, OrderStore } from '../domain/ports.ts';
import { isSettled, type OrderIn, type ProductOrder, type StateKind } from '../domain/product-order.ts';
import type { OwnLine } from '../domain/product.ts';
import type { KosRecord, SettlementPolicy } from '../domain/reconciliation.ts';
import { createSendProductChange } from '../domain/send-product-change.ts';
import { createSettleHeldOrder, type HeldOrderOutcome } from '../domain/settle-held-order.ts';
import { createSettleProductChange } from '../domain/settle-product-change.ts';
import { aDoubtfulKos, aCall, unavailability, type KosFortune } from './a-doubtful-kos.ts';

/** An operator who decides, rightly or wrongly, and repeats it when no answer comes. */
export interface OperatorMove {
  readonly userId: string;
  /** Counted from the order's beginning, or from the moment it is held. */
  readonly since: 'beginning' | 'held';
  readonly afterMs: number;
  readonly decision: Decision;
}

export interface Schedule extends KosFortune {
  /** A process dies at these of the contacts with the outside, before or after they took effect. */
  readonly crashes: readonly { readonly at: number; readonly isAfterEffect: boolean }[];
  /** How long the contacts take, one after another and over again: who overtakes whom where several are at work. */
  readonly turns: readonly number[];
  /** The sender sleeps with the request ready, while another process looks after orders. */
  readonly pauseBeforeSendingMs: number;
  /** The answer is long under way, while another process looks after orders. */
  readonly pauseBeforeAnswerMs: number;
  readonly moves: readonly OperatorMove[];
  /** How far the sender's own clock is ahead of the one that all share. */
  readonly skewMs: number;
}

/** What an operator was told. */
export interface Told {
  readonly requestId: string;
  readonly move: OperatorMove;
  readonly outcome: HeldOrderOutcome;
}

const line: OwnLine = { lineId: 'ln_a', customerId: 'CUST001', lineNumber: '01012345678', productVersion: 1 };

class Crash extends Error {}

/** One world: a clock, a KOS with books, one stored order, operators, and processes that come and go. */
export function anOrderInDoubt(schedule: Schedule, policy: SettlementPolicy) {
  const clock = createManualClock('2026-09-15T03:00:00.000Z');
  const sendersClock: Clock = { now: () => new Date(clock.now().getTime() + schedule.skewMs) };
  const kos = aDoubtfulKos(schedule, policy, clock);
  const beginMs = clock.now().getTime();
  const path: StateKind[] = ['REQUESTED'];
  const results: ProductOrder[] = [];
  const recorded: RecordedDecision[] = [];
  const told: Told[] = [];
  let order: ProductOrder = {
    id: 'order',
    externalId: 'key',
    userId: 'user',
    customerId: line.customerId,
    lineId: line.lineId,
    productCodeBefore: 'A',
    productCodeAfter: 'B',
    requestedAt: clock.now(),
    requestedDate: calendarDay('2026-10-01'),
    state: { kind: 'REQUESTED' },
  };
  let dueAt: Date | null = new Date(beginMs + 30 * SECOND_MS);
  let heldAtMs: number | null = null;
  let heldAfter: KosRecord | null = null;
  let looksBefore = 0;
  let contacts = 0;
  let waiting: readonly OperatorMove[] = schedule.moves;

  /** Every contact with the outside takes its time, and is a place to die at. */
  async function contact<T>(effect: () => T): Promise<T> {
    const turns = schedule.turns[contacts % schedule.turns.length] ?? 0;
    const crash = schedule.crashes.find(({ at }) => at === contacts);
    contacts += 1;
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    if (crash?.isAfterEffect === false) throw new Crash();
    const result = effect();
    await Promise.resolve();
    if (crash !== undefined) throw new Crash();
    return result;
  }

  /** What dies here is one process; whatever it had written stays. */
  async function survive<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Crash) return null;
      throw error;
    }
  }

  const orders: OrderStore = {
    place: () => Promise.reject(new Error('placed already')),
    findByKey: () => Promise.resolve(null),
    findOpen: () => Promise.resolve(null),
    find: () => contact(() => order),
    findHandedOver: () => contact(() => (heldAtMs === null ? null : { order, lineNumber: line.lineNumber })),
    advance: (known, step) =>
      contact(() => {
        if (order.state.kind !== known.state.kind) return null;
        const taken = { ...known, state: step.to };
        order = taken;
        path.push(order.state.kind);
        dueAt = step.dueAt;
        if (step.to.kind === 'NEEDS_OPERATOR') {
          heldAtMs = clock.now().getTime();
          heldAfter = kos.lastRecord();
        }
        if (step.decision !== undefined) recorded.push(step.decision);
        if (isSettled(order)) results.push(order);
        return taken;
      }),
    claimDue: (now, leaseUntil): Promise<DueOrder | null> =>
      contact(() => {
        if (dueAt === null || dueAt > now) return null;
        dueAt = leaseUntil;
        return { order, lineNumber: line.lineNumber, looksBefore };
      }),
    recordLook: (_id, _call, { nextLookAt, isCounted }) =>
      contact(() => {
        if (isCounted) looksBefore += 1;
        if (!isSettled(order)) dueAt = nextLookAt;
      }),
  };
  const journal: OperatorJournal = {
    looked: () => Promise.resolve(),
    declined: (decision) => contact(() => void recorded.push(decision)),
    findSettling: () => contact(() => recorded.find(({ result }) => result === 'SETTLED') ?? null),
  };

  const source: ChangeSource = {
    async change(_sent, _line, deadline) {
      await sleep(schedule.pauseBeforeSendingMs);
      if (sendersClock.now() >= deadline) return { kind: 'not-sent', unavailability, call: aCall };
      const reply = await contact(() => kos.change());
      await sleep(schedule.pauseBeforeAnswerMs);
      return reply;
    },
    look: (_order, _lineNumber, priority) => contact(() => kos.look(looksBefore, priority)),
  };

  const events = { settled: () => undefined, handedOver: () => undefined, acceptedAfterFailure: () => undefined };
  const settle = createSettleProductChange({ orders, kos: source, policy, sharedClock: clock, events });
  let ids = 0;
  const newId = () => `id-${(ids += 1)}`;
  const settleHeld = createSettleHeldOrder({ orders, journal, kos: source, policy, events, sharedClock: clock, newId });

  async function make(move: OperatorMove): Promise<void> {
    const requestId = newId();
    const { userId, decision } = move;
    const outcome = await survive(() => settleHeld({ userId, requestId, orderId: order.id, decision }));
    if (outcome === null) waiting = [...waiting, move];
    else told.push({ requestId, move, outcome });
  }

  const momentOf = ({ since, afterMs }: OperatorMove): number =>
    (since === 'beginning' ? beginMs : (heldAtMs ?? Infinity)) + afterMs;

  /** The operators whose time has come, all at once, and beside the reconciler. */
  async function live(): Promise<void> {
    const nowMs = clock.now().getTime();
    const ready = waiting.filter((move) => momentOf(move) <= nowMs);
    waiting = waiting.filter((move) => momentOf(move) > nowMs);
    const reconcile = async () => {
      while (await settle());
    };
    await Promise.all([survive(reconcile), ...ready.map(make)]);
  }

  /** Somebody looks after orders for a while, process after process when they die. */
  async function sleep(ms: number): Promise<void> {
    const endMs = clock.now().getTime() + ms;
    while (clock.now().getTime() < endMs) {
      const nextMs = Math.min(dueAt?.getTime() ?? endMs, ...waiting.map(momentOf));
      const nowMs = clock.now().getTime();
      clock.advance(Math.min(Math.max(nextMs, nowMs + SECOND_MS), endMs) - nowMs);
      await live();
    }
  }

  return {
    kos,
    path,
    /** What was handed to the outbox. */
    results,
    recorded,
    told,
    /** What KOS's books said when the order was handed to people; null when it was not. */
    heldAfter: () => heldAfter,
    sleep,
    order: () => order,
    async send(): Promise<void> {
      const clocks = { clock: sendersClock, sharedClock: clock };
      const send = createSendProductChange({ orders, kos: source, policy, events, ...clocks });
      const requested: OrderIn<'REQUESTED'> = { ...order, state: { kind: 'REQUESTED' } };
      await survive(() => send(requested, line));
    },
  };
}

/** Long enough for everything to happen that can; a held order is looked after every 15 minutes only. */
export const untilAllIsOver = (policy: SettlementPolicy): number =>
  policy.callTimeoutMs + policy.quarantineMs + policy.handOverAfterMs + 180 * MINUTE_MS;
