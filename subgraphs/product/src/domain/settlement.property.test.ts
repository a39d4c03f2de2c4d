import { describe, expect, it } from '@jest/globals';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';
import fc from 'fast-check';

import { replayable } from '../../../../tests/support/replayable.ts';
import { fates } from '../testing/a-doubtful-kos.ts';
import {
  anOrderInDoubt,
  untilAllIsOver,
  type OperatorMove,
  type Schedule,
  type Told,
} from '../testing/an-order-in-doubt.ts';
import { calendarDay } from './calendar.ts';
import { isSameDecision, type RecordedDecision } from './operator-decision.ts';
import { isSettled, mayFollow } from './product-order.ts';
import { spacingMs, usualSettlementPolicy as policy } from './reconciliation.ts';

/** People are asked after minutes instead of a day, which leaves fewer looks to play through. */
const hasty = { ...policy, handOverAfterMs: 10 * MINUTE_MS };

const pauseMs = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * MINUTE_MS }));
/** Rightly so, wrongly though possibly so, and as it cannot be. */
const days = ['2026-10-01', '2026-10-01', '2026-09-20', '2026-09-14'].map(calendarDay);

const moves: fc.Arbitrary<OperatorMove> = fc.record({
  userId: fc.constantFrom('one operator', 'another'),
  since: fc.oneof({ weight: 4, arbitrary: fc.constant('held' as const) }, fc.constant('beginning' as const)),
  // Often at one moment with another operator, or with the reconciler's next look.
  afterMs: fc.oneof(fc.constantFrom(0, 0, SECOND_MS, 15 * MINUTE_MS), fc.integer({ min: 0, max: 40 * MINUTE_MS })),
  decision: fc
    .record({
      outcome: fc.constantFrom('COMPLETED' as const, 'COMPLETED' as const, 'REJECTED' as const, 'FAILED' as const),
      day: fc.constantFrom(...days),
      refusalReason: fc.constantFrom('UNPAID_BALANCE' as const, 'OTHER' as const),
      evidence: fc.oneof({ weight: 9, arbitrary: fc.constant('the carrier said so on the phone') }, fc.constant(' ')),
      isKosSilenceAccepted: fc.boolean(),
    })
    .map(({ day, refusalReason, ...decision }) => ({
      ...decision,
      effectiveDate: decision.outcome === 'COMPLETED' ? day : null,
      refusalReason: decision.outcome === 'REJECTED' ? refusalReason : null,
    })),
});

const schedules: fc.Arbitrary<Schedule> = fc.record({
  fate: fc.constantFrom(...fates),
  lateness: fc.double({ min: 0, max: 1, noNaN: true }),
  crashes: fc.array(
    fc.record({ at: fc.oneof(fc.nat(12), fc.integer({ min: 13, max: 70 })), isAfterEffect: fc.boolean() }),
    { maxLength: 3 },
  ),
  turns: fc.array(fc.nat(6), { maxLength: 5 }),
  pauseBeforeSendingMs: pauseMs,
  pauseBeforeAnswerMs: pauseMs,
  looks: fc.array(fc.boolean(), { maxLength: 4 }),
  silentForMs: fc.oneof(fc.constant(0), fc.integer({ min: 9 * MINUTE_MS, max: 40 * MINUTE_MS })),
  isBusy: fc.array(fc.boolean(), { maxLength: 3 }),
  busyForMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 15 * MINUTE_MS })),
  loadedForMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 * MINUTE_MS })),
  skewMs: fc.constantFrom(0, 5 * MINUTE_MS, -5 * MINUTE_MS),
  moves: fc.array(moves, { maxLength: 4 }),
});

type World = ReturnType<typeof anOrderInDoubt>;

/** The decision that settled the order although nobody could ask KOS; null when KOS's own word stands behind the outcome. */
function onWordAlone({ recorded }: World): RecordedDecision | null {
  return recorded.find(({ result, kosRecord }) => result === 'SETTLED' && kosRecord?.kind === 'unreachable') ?? null;
}

/** What is promised whoever settled the order, and however. */
function expectTruth(world: World): void {
  const { state } = world.order();
  const word = onWordAlone(world);
  // P1
  expect(world.kos.applications()).toBeLessThanOrEqual(1);
  // P2 and P4, also later; an operator's word alone is believed, and whose it was is on record.
  if (word === null) {
    if (state.kind === 'COMPLETED') expect(world.kos.applied()).toBe(true);
    if (state.kind === 'FAILED' || state.kind === 'REJECTED') expect(world.kos.willApply()).toBe(false);
  } else {
    expect(word.decision.isKosSilenceAccepted).toBe(true);
    expect(word.kosRecord).toMatchObject({ unavailability: { code: 'KOS_UNAVAILABLE' } });
    const { outcome, effectiveDate: day, refusalReason: reason } = word.decision;
    expect(state).toMatchObject({ kind: outcome, ...(day && { effectiveDate: day }), ...(reason && { reason }) });
  }
  // P3, and people are troubled only when it is KOS that was silent
  expect(isSettled(world.order())).toBe(true);
  if (world.path.includes('NEEDS_OPERATOR'))
    expect(world.heldAfter()).toMatchObject({ kind: 'unreachable', unavailability: { code: 'KOS_UNAVAILABLE' } });
  // P5: one outcome, told once
  expect(world.results).toEqual([world.order()]);
  expect(world.recorded.filter(({ result }) => result === 'SETTLED').length).toBeLessThanOrEqual(1);
  // P6
  const steps = world.path.slice(1).map((to, index) => [world.path[index] ?? 'REQUESTED', to] as const);
  expect(steps.every(([from, to]) => mayFollow(from, to))).toBe(true);
}

const results = {
  settled: ['SETTLED', 'REPEATED'],
  'not-found': ['NOT_FOUND'],
  'not-held': ['NOT_HELD'],
  invalid: ['INVALID'],
  contradicted: ['CONTRADICTED'],
  unconfirmed: ['UNCONFIRMED'],
  unavailable: ['UNAVAILABLE'],
} as const satisfies Record<Told['outcome']['kind'], readonly RecordedDecision['result'][]>;

/** What an operator is told is true, and on record. */
function expectHonesty(world: World, { requestId, move, outcome }: Told): void {
  const mine = world.recorded.filter((each) => each.requestId === requestId);
  expect(mine).toHaveLength(1);
  expect(results[outcome.kind]).toContain(mine[0]?.result);
  if (outcome.kind === 'settled') {
    const settling = world.recorded.find(({ result }) => result === 'SETTLED');
    expect(settling?.userId).toBe(move.userId);
    expect(settling && isSameDecision(settling.decision, move.decision)).toBe(true);
    expect(outcome.order).toEqual(world.order());
  }
  if (outcome.kind === 'not-held') expect(outcome.order).toEqual(world.order());
  if (outcome.kind === 'contradicted') {
    const { byKos } = outcome;
    const truth = { COMPLETED: 'accepted', REJECTED: 'refused', FAILED: 'absent' } as const;
    expect(world.kos.books().kind).toBe(truth[byKos.kind]);
  }
}

/** A KOS that does all it should but answer the request, and processes that live. */
const quiet = {
  crashes: [],
  moves: [],
  looks: [],
  isBusy: [],
  pauseBeforeSendingMs: 0,
  pauseBeforeAnswerMs: 0,
  silentForMs: 0,
  busyForMs: 0,
  loadedForMs: 0,
};
const doubtful = fc.constantFrom('lost on its way' as const, 'answer lost' as const, 'applied late' as const);

// A failure prints its seed and path: FC_SEED=… FC_PATH=… npm test -- settlement.property lives that one schedule again.
describe('An order whose request may be lost, answered never, applied late, or whose process may die at any contact', () => {
  it('is applied at most once, told right, and settled soon after the faults stop, whatever operators say', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const world = anOrderInDoubt(schedule, hasty);
        await world.send();
        await world.sleep(untilAllIsOver(hasty));
        expectTruth(world);
        for (const told of world.told) expectHonesty(world, told);
      }),
      replayable(20_000),
    );
    // So many lives take a minute where others work, too.
  }, 240_000);

  it('is handed to people, and never guessed about, when KOS stays silent for a day', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, doubtful, async (schedule, fate) => {
        const alone = { crashes: [], moves: [], pauseBeforeSendingMs: 0, silentForMs: 48 * HOUR_MS };
        const world = anOrderInDoubt({ ...schedule, ...alone, fate }, policy);
        await world.send();
        await world.sleep(23 * HOUR_MS);
        expect(world.order().state.kind).toBe('UNKNOWN');
        await world.sleep(HOUR_MS + spacingMs(100));
        expect(world.order().state.kind).toBe('NEEDS_OPERATOR');
        // KOS speaks again: people need not be troubled any more.
        await world.sleep(25 * HOUR_MS);
        expectTruth(world);
      }),
      { numRuns: 20 },
    );
  });

  it('is settled when the quarantine ends, also while customers ask so much that background work is refused', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, doubtful, async (schedule, fate) => {
        const world = anOrderInDoubt({ ...schedule, ...quiet, loadedForMs: 24 * HOUR_MS, fate }, policy);
        await world.send();
        await world.sleep(policy.callTimeoutMs + policy.quarantineMs + 2 * SECOND_MS);
        expectTruth(world);
      }),
      { numRuns: 100 },
    );
  });

  it('waits as long as our own limit forbids every look, is never handed over for it, and settled right after', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, doubtful, async (schedule, fate) => {
        const world = anOrderInDoubt({ ...schedule, ...quiet, busyForMs: 25 * HOUR_MS, fate }, policy);
        await world.send();
        await world.sleep(25 * HOUR_MS);
        expect({ asked: world.kos.asked(), path: world.path }).toEqual({
          asked: 0,
          path: ['REQUESTED', 'SENT', 'UNKNOWN'],
        });
        await world.sleep(MINUTE_MS);
        expectTruth(world);
      }),
      { numRuns: 5 },
    );
  });
});
