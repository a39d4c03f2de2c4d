import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { ChangeSource, DueOrder, OrderStore } from './ports.ts';
import { isIn, type OrderIn, type ProductOrder } from './product-order.ts';
import { decideSettlement, isDoubtful, type DoubtfulOrder, type SettlementPolicy } from './reconciliation.ts';

/** The facts the reconciler tells. */
export interface SettlementEvents {
  readonly settled: (order: ProductOrder) => void;
  /** KOS has been silent for so long that people must find out. */
  readonly handedOver: (order: ProductOrder) => void;
}

/** Longer than any look takes; after a crash the order is due again once this is over. */
const LEASE_MS = 30 * SECOND_MS;

/** Looks after one order that is in doubt or was left lying by a crash; false when there is none. */
export type SettleProductChange = () => Promise<boolean>;

export function createSettleProductChange(deps: {
  readonly orders: OrderStore;
  readonly kos: ChangeSource;
  readonly policy: SettlementPolicy;
  readonly events: SettlementEvents;
  /** The one that all instances share. */
  readonly sharedClock: Clock;
}): SettleProductChange {
  const { orders, kos, policy, events, sharedClock } = deps;

  /** SENT comes before the call, so a request still REQUESTED certainly never left. */
  async function giveUp(order: OrderIn<'REQUESTED'>): Promise<void> {
    const at = sharedClock.now();
    const to = { kind: 'FAILED', settledAt: at, cause: 'NEVER_SENT' } as const;
    const failed = await orders.advance(order, { to, at, calls: [], dueAt: null });
    if (failed !== null) events.settled(failed);
  }

  /** Whoever sent it is gone or too late to tell, so from here on KOS's books are asked. */
  async function doubt(order: OrderIn<'SENT'>): Promise<OrderIn<'UNKNOWN'> | null> {
    const { sentAt } = order.state;
    const at = sharedClock.now();
    return await orders.advance(order, {
      to: { kind: 'UNKNOWN', sentAt },
      at,
      calls: [
        {
          operation: 'CHANGE',
          requestedAt: sentAt,
          respondedAt: null,
          resultCode: null,
          outcome: 'UNCLEAR',
          exchange: null,
        },
      ],
      dueAt: new Date(at.getTime() + LEASE_MS),
    });
  }

  async function findOut(order: DoubtfulOrder, { lineNumber, looksBefore }: DueOrder): Promise<void> {
    const askedAt = sharedClock.now();
    // Until people have it, finding it out is part of the change: the line is blocked, and somebody waits.
    const priority = isIn(order, 'NEEDS_OPERATOR') ? 'background' : 'change';
    const { record, call } = await kos.look(order, lineNumber, priority);
    const settlement = decideSettlement(order, { record, askedAt, looksBefore }, policy);
    const step = { at: sharedClock.now(), calls: [call] };
    switch (settlement.kind) {
      case 'ask-again':
      case 'put-off':
        await orders.recordLook(order.id, call, {
          nextLookAt: settlement.nextLookAt,
          isCounted: settlement.kind === 'ask-again',
        });
        return;
      case 'hand-over': {
        const { from, to, nextLookAt } = settlement;
        const held = await orders.advance(from, { ...step, to, dueAt: nextLookAt });
        if (held !== null) events.handedOver(held);
        return;
      }
      case 'settle': {
        const settled = await orders.advance(order, { ...step, to: settlement.to, dueAt: null });
        if (settled !== null) events.settled(settled);
      }
    }
  }

  return async () => {
    const now = sharedClock.now();
    const due = await orders.claimDue(now, new Date(now.getTime() + LEASE_MS));
    if (due === null) return false;
    const { order } = due;
    if (isIn(order, 'REQUESTED')) {
      await giveUp(order);
      return true;
    }
    const doubtful = isIn(order, 'SENT') ? await doubt(order) : order;
    if (doubtful !== null && isDoubtful(doubtful)) await findOut(doubtful, due);
    return true;
  };
}
