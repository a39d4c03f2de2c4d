import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS, waitAtMost, type Clock } from '@supergraph/platform/time';

import { effectiveDateOf, type RequestedStart } from './effective-date.ts';
import { fingerprintOf, readExternalId, type IdempotencyKey } from './idempotency-key.ts';
import type { InspectChange, Inspection } from './inspect-change.ts';
import { KosUnavailable, type Unavailability } from './kos-unavailable.ts';
import { findOwnLine, type OwnCustomer } from './own-customer.ts';
import type { HeldKey, OrderStore, Placing, Qualification, RequestJournal, RequestRefusal, StepUps } from './ports.ts';
import { isQualified, type PreCheck } from './pre-check.ts';
import type { OrderIn, ProductOrder } from './product-order.ts';
import type { OwnLine } from './product.ts';
import type { SendProductChange } from './send-product-change.ts';
import { challengeOf, isStepUpNeeded, type StepUpNeed } from './step-up.ts';

/** A customer's wish for another plan. */
export interface ProductChangeWish {
  readonly userId: string;
  readonly sessionId: string;
  readonly customerId: string | null;
  readonly externalId: string;
  readonly lineId: string;
  readonly productCode: string;
  readonly requestedStart: RequestedStart;
  /** The version the person saw; null when the client does not say. */
  readonly expectedVersion: number | null;
  /** Auth's word that the password was given for it; null without one. */
  readonly stepUpToken: string | null;
  /** When whoever asked stops waiting. */
  readonly deadline: Date | null;
}

/** Refused here, without KOS being asked to make it. */
export interface NotAllowed {
  readonly kind: 'not-allowed';
  readonly code: 'PLAN_CHANGE_NOT_ALLOWED' | 'CHANGE_ALREADY_SCHEDULED';
  readonly checks: readonly PreCheck[];
}

export type ProductChangeOutcome =
  | { readonly kind: 'ordered'; readonly order: ProductOrder }
  | NotAllowed
  | { readonly kind: 'step-up-required'; readonly need: StepUpNeed }
  | { readonly kind: 'version-conflict'; readonly currentVersion: number }
  | { readonly kind: 'in-progress'; readonly order: ProductOrder }
  | { readonly kind: 'line-not-found' }
  | { readonly kind: 'unavailable'; readonly unavailability: Unavailability };

export type RequestProductChange = (wish: ProductChangeWish) => Promise<ProductChangeOutcome>;

type Inspected = Extract<Inspection, { readonly kind: 'inspected' }>;

/** An order nobody began to send within this time was left lying by a crash. */
const LEFT_LYING_MS = 30 * SECOND_MS;

/** A wish of a customer who was found to own the line. */
interface Asked {
  readonly wish: ProductChangeWish;
  readonly key: IdempotencyKey;
  readonly fingerprint: string;
  readonly line: OwnLine;
  readonly requestedAt: Date;
}

export function createRequestProductChange(deps: {
  readonly ownCustomer: OwnCustomer;
  readonly orders: OrderStore;
  readonly journal: RequestJournal;
  readonly stepUps: StepUps;
  /** See isStepUpNeeded. */
  readonly freeDifferenceWon: number;
  readonly inspect: InspectChange;
  readonly send: SendProductChange;
  /** Of this machine: by it deadlines are told. */
  readonly clock: Clock;
  /** Of all instances: by it orders are looked after. */
  readonly sharedClock: Clock;
  readonly newId: () => string;
  /** How long an answer waits for the order to be settled. */
  readonly waitMs: number;
}): RequestProductChange {
  const { ownCustomer, orders, journal, stepUps, inspect, send, clock, sharedClock, newId, waitMs } = deps;

  async function replay({ key, fingerprint }: Asked): Promise<ProductChangeOutcome | null> {
    const held = await orders.findByKey(key);
    return held && repeated(held, fingerprint);
  }

  /** A twin with the same key may have changed the line while this one looked at it: then the twin's order is the answer. */
  async function refuse(
    asked: Asked,
    refusal: RequestRefusal,
    { outcome, inspection }: { readonly outcome: ProductChangeOutcome; readonly inspection?: Inspection },
  ): Promise<ProductChangeOutcome> {
    const twin = await replay(asked);
    if (twin !== null) return twin;
    const qualification = inspection?.kind === 'inspected' ? qualificationOf(asked, inspection) : null;
    await journal.refused({
      id: newId(),
      userId: asked.wish.userId,
      customerId: asked.line.customerId,
      lineId: asked.line.lineId,
      productCodeBefore: qualification?.productCodeBefore ?? null,
      productCodeAfter: asked.wish.productCode,
      requestedAt: asked.requestedAt,
      refusal,
      qualification,
      calls: inspection !== undefined && 'calls' in inspection ? inspection.calls : [],
    });
    return outcome;
  }

  const refuseForOpenOrder = (asked: Asked, order: ProductOrder, inspection?: Inspected) =>
    refuse(asked, 'IN_PROGRESS', {
      outcome: inTheWay(order, asked.line),
      ...(inspection && { inspection }),
    });

  const refuseForVersion = (asked: Asked, currentVersion: number, inspection?: Inspected) =>
    refuse(asked, 'VERSION_CONFLICT', {
      outcome: { kind: 'version-conflict', currentVersion },
      ...(inspection && { inspection }),
    });

  const refuseForStepUp = (asked: Asked, need: StepUpNeed, inspection: Inspected) =>
    refuse(asked, 'STEP_UP_REQUIRED', { outcome: { kind: 'step-up-required', need }, inspection });

  function qualificationOf({ wish, line }: Asked, inspection: Inspected): Qualification {
    return {
      id: newId(),
      customerId: line.customerId,
      lineId: line.lineId,
      productCodeBefore: inspection.productCodeBefore,
      productCodeAfter: wish.productCode,
      checks: inspection.checks,
      checkedAt: inspection.checkedAt,
    };
  }

  async function attempt(asked: Asked): Promise<ProductChangeOutcome> {
    const { wish, line } = asked;
    const repeat = await replay(asked);
    if (repeat !== null) return repeat;
    const open = await orders.findOpen(line.lineId);
    if (open !== null) return await refuseForOpenOrder(asked, open);
    const isOutdated = wish.expectedVersion !== null && wish.expectedVersion !== line.productVersion;
    if (isOutdated) return await refuseForVersion(asked, line.productVersion);

    const inspection = await inspect(line, wish.productCode, 'change');
    if (inspection.kind === 'not-own') return { kind: 'line-not-found' };
    if (inspection.kind === 'unavailable') {
      const { unavailability } = inspection;
      return await refuse(asked, 'UNAVAILABLE', { outcome: { kind: 'unavailable', unavailability }, inspection });
    }
    const objection = objectionTo(wish, inspection);
    if (objection !== null) return await refuse(asked, objection.refusal, { outcome: objection.outcome, inspection });
    return await confirm(asked, inspection);
  }

  /** Goes on to the order, if need be only with the password given for exactly this change. */
  async function confirm(asked: Asked, inspection: Inspected): Promise<ProductChangeOutcome> {
    const { wish } = asked;
    const need = stepUpNeedOf(wish, inspection);
    if (!isStepUpNeeded(need, deps.freeDifferenceWon)) return await order(asked, inspection, null);
    const stepUp = wish.stepUpToken === null ? null : await stepUps.read(wish.stepUpToken, wish);
    if (stepUp?.challenge !== challengeOf(need)) return await refuseForStepUp(asked, need, inspection);
    return await order(asked, inspection, stepUp.id);
  }

  async function order(asked: Asked, inspection: Inspected, stepUpId: string | null): Promise<ProductChangeOutcome> {
    const placing = placingOf(asked, inspection, stepUpId);
    // Whoever has stopped waiting was told that it failed, so it must not be made any more.
    if (hasPassed(asked.wish.deadline)) throw new CodedError('TIMED_OUT', { retryAfterMs: SECOND_MS });
    const placed = await orders.place(placing);
    switch (placed.kind) {
      case 'placed':
        return await settleInTime(asked, placing.order);
      case 'same-key':
        return repeated(placed.held, asked.fingerprint);
      case 'open-order':
        return await refuseForOpenOrder(asked, placed.order, inspection);
      case 'version-conflict':
        return await refuseForVersion(asked, placed.currentVersion, inspection);
      case 'step-up-spent':
        return await refuseForStepUp(asked, stepUpNeedOf(asked.wish, inspection), inspection);
      case 'unclear':
        throw new CodedError('CHANGE_PENDING', { retryAfterMs: SECOND_MS });
      case 'contended':
        throw new CodedError('IDEMPOTENCY_IN_PROGRESS', { field: 'externalId' });
    }
  }

  /** Without a version from the client, the one that stood when the wish came in must still stand. */
  function placingOf(asked: Asked, inspection: Inspected, stepUpId: string | null): Placing {
    const { wish, line, requestedAt } = asked;
    return {
      order: {
        id: newId(),
        externalId: asked.key.externalId,
        userId: wish.userId,
        customerId: line.customerId,
        lineId: line.lineId,
        productCodeBefore: inspection.productCodeBefore,
        productCodeAfter: wish.productCode,
        requestedAt,
        requestedDate: effectiveDateOf(wish.requestedStart, requestedAt),
        state: { kind: 'REQUESTED' },
      },
      fingerprint: asked.fingerprint,
      expectedVersion: wish.expectedVersion ?? line.productVersion,
      stepUpId,
      qualification: qualificationOf(asked, inspection),
      calls: inspection.calls,
      dueAt: new Date(sharedClock.now().getTime() + LEFT_LYING_MS),
    };
  }

  const hasPassed = (deadline: Date | null): boolean => deadline !== null && deadline <= clock.now();

  async function settleInTime({ wish, line }: Asked, placed: OrderIn<'REQUESTED'>): Promise<ProductChangeOutcome> {
    const leftMs = wish.deadline === null ? waitMs : wish.deadline.getTime() - clock.now().getTime() - ANSWERING_MS;
    // Placed it is, whatever becomes of the sending: the reconciler has it, and the order tells.
    const sending = await waitAtMost(Math.min(waitMs, leftMs), send(placed, line).catch(nobodyKnows));
    if (sending === null)
      return { kind: 'ordered', order: (await orders.find(placed.id).catch(nobodyKnows)) ?? placed };
    const { order: sent, unavailability } = sending;
    return unavailability === null ? { kind: 'ordered', order: sent } : { kind: 'unavailable', unavailability };
  }

  return async (wish) => {
    const key = { userId: wish.userId, externalId: readExternalId(wish.externalId) };
    try {
      const line = await findOwnLine(ownCustomer, wish.customerId, wish.lineId);
      if (line === null) return { kind: 'line-not-found' };
      return await attempt({ wish, key, fingerprint: fingerprintOf(wish), line, requestedAt: sharedClock.now() });
    } catch (error) {
      if (error instanceof KosUnavailable) return { kind: 'unavailable', unavailability: error.unavailability };
      throw error;
    }
  };
}

/** Time kept for reading the order and writing the answer. */
const ANSWERING_MS = 200;

function repeated({ order, fingerprint }: HeldKey, asked: string): ProductChangeOutcome {
  if (fingerprint !== asked) throw new CodedError('IDEMPOTENCY_KEY_REUSED', { field: 'externalId' });
  return { kind: 'ordered', order };
}

/** Why the wish is not passed on to KOS, if so. While a change is booked KOS takes no other, whatever the plan. */
function objectionTo({ productCode }: ProductChangeWish, { isScheduled, productCodeBefore, checks }: Inspected) {
  if (isScheduled) return notAllowed('ALREADY_SCHEDULED', 'CHANGE_ALREADY_SCHEDULED', checks);
  if (productCodeBefore === productCode) return notAllowed('SAME_PRODUCT', 'PLAN_CHANGE_NOT_ALLOWED', []);
  return isQualified(checks) ? null : notAllowed('NOT_ALLOWED', 'PLAN_CHANGE_NOT_ALLOWED', checks);
}

const notAllowed = (refusal: RequestRefusal, code: NotAllowed['code'], checks: readonly PreCheck[]) => {
  const outcome: NotAllowed = { kind: 'not-allowed', code, checks };
  return { refusal, outcome };
};

const stepUpNeedOf = (
  { lineId, productCode, requestedStart }: ProductChangeWish,
  inspection: Inspected,
): StepUpNeed => ({
  lineId,
  productCodeBefore: inspection.productCodeBefore,
  productCodeAfter: productCode,
  requestedStart,
  monthlyFeeDifferenceWon: inspection.monthlyFeeDifferenceWon,
});

/** A line that changed hands may still have its former owner's order open; that order is nobody else's business. */
function inTheWay(order: ProductOrder, line: OwnLine): ProductChangeOutcome {
  if (order.customerId === line.customerId) return { kind: 'in-progress', order };
  return { kind: 'unavailable', unavailability: { code: 'KOS_BUSY', retryAfterMs: 60 * SECOND_MS } };
}

const nobodyKnows = (): null => null;
