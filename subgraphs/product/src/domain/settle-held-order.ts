import type { Clock } from '@supergraph/platform/time';

import type { Unavailability } from './kos-unavailable.ts';
import {
  agrees,
  isPossible,
  isSameDecision,
  readDecision,
  stateByWord,
  type Decision,
  type DecisionPart,
  type DecisionResult,
  type OperatorRequest,
  type RecordedDecision,
  type Verdict,
} from './operator-decision.ts';
import { isOrderId } from './order-position.ts';
import type { BookLook, ChangeSource, OperatorJournal, OrderStore } from './ports.ts';
import { isIn, type OrderIn, type ProductOrder, type SettledState } from './product-order.ts';
import { overOurLimit, settledByKos, type SettlementPolicy } from './reconciliation.ts';
import type { SettlementEvents } from './settle-product-change.ts';

/** An operator's decision about the order of this id. */
export interface OperatorDecision extends OperatorRequest {
  readonly orderId: string;
  readonly decision: Decision;
}

export type HeldOrderOutcome =
  | { readonly kind: 'settled'; readonly order: ProductOrder }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-held'; readonly order: ProductOrder }
  | { readonly kind: 'invalid'; readonly field: DecisionPart }
  | { readonly kind: 'contradicted'; readonly byKos: SettledState }
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'unavailable'; readonly unavailability: Unavailability };

export type SettleHeldOrder = (asked: OperatorDecision) => Promise<HeldOrderOutcome>;

/** A held order that an operator decides about. */
interface Case {
  readonly order: OrderIn<'NEEDS_OPERATOR'>;
  readonly lineNumber: string;
  readonly verdict: Verdict;
}

/**
 * Settles an order by an operator's decision. KOS's own word still counts for more: its books are looked into once more,
 * and the operator's word stands alone only where they cannot be read and it was given for that case.
 */
export function createSettleHeldOrder(deps: {
  readonly orders: OrderStore;
  readonly journal: OperatorJournal;
  readonly kos: Pick<ChangeSource, 'look'>;
  readonly policy: SettlementPolicy;
  readonly events: Pick<SettlementEvents, 'settled'>;
  /** The one that all instances share. */
  readonly sharedClock: Clock;
  readonly newId: () => string;
}): SettleHeldOrder {
  const { orders, journal, kos, policy, events, sharedClock, newId } = deps;

  const recordOf = (asked: OperatorDecision, result: DecisionResult, look: BookLook | null): RecordedDecision => ({
    id: newId(),
    userId: asked.userId,
    requestId: asked.requestId,
    decidedAt: sharedClock.now(),
    orderId: isOrderId(asked.orderId) ? asked.orderId : null,
    decision: asked.decision,
    kosRecord: look?.record ?? null,
    result,
  });

  /** Puts on record that nothing was settled, before anybody hears of it. */
  const declining =
    (asked: OperatorDecision, look: BookLook | null = null) =>
    async (result: DecisionResult, outcome: HeldOrderOutcome): Promise<HeldOrderOutcome> => {
      await journal.declined(recordOf(asked, result, look), look?.call ?? null);
      return outcome;
    };

  /** Whoever settled it before: if it was this very decision, it is answered again. */
  async function tooLate(
    asked: OperatorDecision,
    order: ProductOrder,
    look: BookLook | null,
  ): Promise<HeldOrderOutcome> {
    const decline = declining(asked, look);
    const settling = await journal.findSettling(order.id);
    const isRepeated =
      settling !== null && settling.userId === asked.userId && isSameDecision(settling.decision, asked.decision);
    return isRepeated
      ? await decline('REPEATED', { kind: 'settled', order })
      : await decline('NOT_HELD', { kind: 'not-held', order });
  }

  async function weigh(asked: OperatorDecision, { order, lineNumber, verdict }: Case): Promise<HeldOrderOutcome> {
    const askedAt = sharedClock.now();
    const look = await kos.look(order, lineNumber, 'change');
    const { record, call } = look;
    const decline = declining(asked, look);
    const unavailability = overOurLimit(record);
    if (unavailability !== null) return await decline('UNAVAILABLE', { kind: 'unavailable', unavailability });

    const byKos = settledByKos(order, { record, askedAt }, policy);
    if (byKos !== null && !agrees(verdict, byKos))
      return await decline('CONTRADICTED', { kind: 'contradicted', byKos });
    if (byKos === null && !asked.decision.isKosSilenceAccepted)
      return await decline('UNCONFIRMED', { kind: 'unconfirmed' });

    const at = sharedClock.now();
    const settled = await orders.advance(order, {
      to: byKos ?? stateByWord(verdict, at),
      at,
      calls: [call],
      dueAt: null,
      decision: recordOf(asked, 'SETTLED', look),
    });
    if (settled === null) return await tooLate(asked, (await orders.find(order.id)) ?? order, look);
    events.settled(settled);
    return { kind: 'settled', order: settled };
  }

  return async (asked) => {
    const decline = declining(asked);
    const reading = readDecision(asked.decision);
    if (reading.kind === 'invalid') return await decline('INVALID', reading);
    const found = isOrderId(asked.orderId) ? await orders.findHandedOver(asked.orderId) : null;
    if (found === null) return await decline('NOT_FOUND', { kind: 'not-found' });
    const { order, lineNumber } = found;
    if (!isIn(order, 'NEEDS_OPERATOR')) return await tooLate(asked, order, null);
    const { verdict } = reading;
    if (!isPossible(verdict, order, sharedClock.now()))
      return await decline('INVALID', { kind: 'invalid', field: 'effectiveDate' });
    return await weigh(asked, { order, lineNumber, verdict });
  };
}
