import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { Unavailability } from './kos-unavailable.ts';
import type { ChangeReply, ChangeSource, OrderStore, Step } from './ports.ts';
import { isIn, type OrderIn, type ProductOrder, type Successor } from './product-order.ts';
import type { OwnLine } from './product.ts';
import { spacingMs, type SettlementPolicy } from './reconciliation.ts';

/** How far sending brought an order; `unavailability` says why nothing was sent, and is null when something was. */
export interface Sending {
  readonly order: ProductOrder;
  readonly unavailability: Unavailability | null;
}

/** The facts that sending tells. */
export interface SendingEvents {
  /** KOS's answer came when the order had been told as failed already: somebody was told something wrong. */
  readonly acceptedAfterFailure: (order: ProductOrder) => void;
}

export type SendProductChange = (order: OrderIn<'REQUESTED'>, line: OwnLine) => Promise<Sending>;

/** Time for the answer of a call that ended in time to be written down before the reconciler looks. */
const GRACE_MS = 5 * SECOND_MS;

/**
 * Sends a change to KOS, once. That it is SENT is on disk before the first byte leaves, so that a crash at any point
 * leaves an order the reconciler finds; the deadline keeps a process that slept from sending what was given up meanwhile.
 */
export function createSendProductChange(deps: {
  readonly orders: OrderStore;
  readonly kos: ChangeSource;
  readonly policy: SettlementPolicy;
  readonly events: SendingEvents;
  /** Of this machine: by it the call goes. */
  readonly clock: Clock;
  /** Of all instances: by it others judge the order. */
  readonly sharedClock: Clock;
}): SendProductChange {
  const { orders, kos, policy, events, clock, sharedClock } = deps;

  return async (requested, line) => {
    const sentAt = sharedClock.now();
    const deadline = afterMs(clock.now(), policy.callTimeoutMs);
    const sent = await orders.advance(requested, {
      to: { kind: 'SENT', sentAt },
      at: sentAt,
      calls: [pendingChange(sentAt)],
      dueAt: afterMs(sentAt, policy.callTimeoutMs + GRACE_MS),
    });
    if (sent === null) return await asItStands(requested);
    const reply = await kos.change(sent, line, deadline);
    const order = await orders.advance(sent, stepAfter(sent, reply, sharedClock.now()));
    if (order === null) return await tooLate(sent, reply);
    return { order, unavailability: reply.kind === 'not-sent' ? reply.unavailability : null };
  };

  async function tooLate(sent: OrderIn<'SENT'>, reply: ChangeReply): Promise<Sending> {
    const sending = await asItStands(sent);
    if (reply.kind === 'accepted' && isIn(sending.order, 'FAILED')) events.acceptedAfterFailure(sending.order);
    return sending;
  }

  async function asItStands(order: ProductOrder): Promise<Sending> {
    return { order: (await orders.find(order.id)) ?? order, unavailability: null };
  }
}

const afterMs = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

const pendingChange = (requestedAt: Date) =>
  ({
    operation: 'CHANGE',
    requestedAt,
    respondedAt: null,
    resultCode: null,
    outcome: 'PENDING',
    exchange: null,
  }) as const;

function stepAfter({ state: { sentAt } }: OrderIn<'SENT'>, reply: ChangeReply, at: Date): Step<Successor<'SENT'>> {
  const settled = { at, calls: [reply.call], dueAt: null };
  switch (reply.kind) {
    case 'accepted':
      return { ...settled, to: { kind: 'COMPLETED', settledAt: at, effectiveDate: reply.effectiveDate } };
    case 'refused':
      return { ...settled, to: { kind: 'REJECTED', settledAt: at, reason: reply.reason } };
    case 'not-sent':
      return { ...settled, to: { kind: 'FAILED', settledAt: at, cause: 'NEVER_SENT' } };
    case 'unclear':
      return { ...settled, to: { kind: 'UNKNOWN', sentAt }, dueAt: afterMs(at, spacingMs(0)) };
  }
}
