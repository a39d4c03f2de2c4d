import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import type { CalendarDay } from './calendar.ts';
import type { Unavailability } from './kos-unavailable.ts';
import {
  isIn,
  type OrderIn,
  type ProductOrder,
  type RefusalReason,
  type SettledState,
  type StateIn,
} from './product-order.ts';

/** What KOS's own books say about a transaction id; `unreachable` is no statement at all. */
export type KosRecord =
  | { readonly kind: 'accepted'; readonly effectiveDate: CalendarDay }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly unavailability: Unavailability };

/** How long what must be waited for; all in milliseconds. */
export interface SettlementPolicy {
  /** How long after SENT our own call may still leave this machine. */
  readonly callTimeoutMs: number;
  /** How long KOS may take to carry out a request after that: "not found" means nothing before. */
  readonly quarantineMs: number;
  /** How long KOS may stay silent before people are asked; never before "not found" would mean something. */
  readonly handOverAfterMs: number;
}

export const usualSettlementPolicy: SettlementPolicy = {
  callTimeoutMs: 5 * SECOND_MS,
  quarantineMs: 2 * MINUTE_MS,
  handOverAfterMs: 24 * HOUR_MS,
};

/** What to do about an order in doubt. */
export type Settlement =
  | { readonly kind: 'settle'; readonly to: SettledState }
  | {
      readonly kind: 'hand-over';
      readonly from: OrderIn<'UNKNOWN'>;
      readonly to: StateIn<'NEEDS_OPERATOR'>;
      readonly nextLookAt: Date;
    }
  | { readonly kind: 'ask-again'; readonly nextLookAt: Date }
  /** Nobody looked, because KOS may not be asked now: that does not count as a look. */
  | { readonly kind: 'put-off'; readonly nextLookAt: Date };

/** One look into KOS's books: when the question was put, and how many were put before. */
export interface Look {
  readonly record: KosRecord;
  readonly askedAt: Date;
  readonly looksBefore: number;
}

/** An order that was sent, and of which nobody knows what became of it. */
export type DoubtfulOrder = OrderIn<'UNKNOWN'> | OrderIn<'NEEDS_OPERATOR'>;

export const isDoubtful = (order: ProductOrder): order is DoubtfulOrder =>
  isIn(order, 'UNKNOWN') || isIn(order, 'NEEDS_OPERATOR');

/** That we may not ask now: it says nothing about KOS, nor about the order. null when KOS was asked, or could not be. */
export const overOurLimit = (record: KosRecord): Unavailability | null =>
  record.kind === 'unreachable' && record.unavailability.code === 'KOS_BUSY' ? record.unavailability : null;

/** When KOS has certainly done what it will ever do: from here on "not found" means never. */
const trustedFromMs = (sentAt: Date, policy: SettlementPolicy): number =>
  sentAt.getTime() + policy.callTimeoutMs + policy.quarantineMs;

/** What KOS's books settle by themselves; null when they say nothing that can be trusted yet. */
export function settledByKos(
  order: DoubtfulOrder,
  { record, askedAt }: Pick<Look, 'record' | 'askedAt'>,
  policy: SettlementPolicy,
): SettledState | null {
  switch (record.kind) {
    case 'accepted':
      return { kind: 'COMPLETED', settledAt: askedAt, effectiveDate: record.effectiveDate };
    case 'refused':
      return { kind: 'REJECTED', settledAt: askedAt, reason: record.reason };
    case 'absent':
      // Whoever handed an order over had seen the quarantine end.
      return isIn(order, 'NEEDS_OPERATOR') || askedAt.getTime() >= trustedFromMs(order.state.sentAt, policy)
        ? { kind: 'FAILED', settledAt: askedAt, cause: 'NEVER_ARRIVED' }
        : null;
    case 'unreachable':
      return null;
  }
}

/**
 * Decides from what KOS's books say. The request is never sent again: only KOS's own word settles an order here, also one
 * that was handed over meanwhile.
 */
export function decideSettlement(order: DoubtfulOrder, look: Look, policy: SettlementPolicy): Settlement {
  const to = settledByKos(order, look, policy);
  if (to !== null) return { kind: 'settle', to };
  const { record, askedAt, looksBefore } = look;
  const heldLookAt = afterMs(askedAt, HELD_SPACING_MS);
  const refusal = overOurLimit(record);
  if (refusal !== null) {
    const waitMs = Math.min(refusal.retryAfterMs, LONGEST_SPACING_MS);
    return { kind: 'put-off', nextLookAt: isIn(order, 'NEEDS_OPERATOR') ? heldLookAt : afterMs(askedAt, waitMs) };
  }
  if (isIn(order, 'NEEDS_OPERATOR')) return { kind: 'ask-again', nextLookAt: heldLookAt };

  const { sentAt } = order.state;
  const trustedMs = trustedFromMs(sentAt, policy);
  const nextLookMs = askedAt.getTime() + spacingMs(looksBefore);
  if (record.kind === 'absent') return { kind: 'ask-again', nextLookAt: new Date(Math.min(nextLookMs, trustedMs)) };
  const isTimeForPeople = askedAt.getTime() >= Math.max(sentAt.getTime() + policy.handOverAfterMs, trustedMs);
  if (!isTimeForPeople) return { kind: 'ask-again', nextLookAt: new Date(nextLookMs) };
  const heldState = { kind: 'NEEDS_OPERATOR', sentAt, handedOverAt: askedAt } as const;
  return { kind: 'hand-over', from: order, to: heldState, nextLookAt: heldLookAt };
}

const afterMs = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

const FIRST_SPACING_MS = 2 * SECOND_MS;
const LONGEST_SPACING_MS = 5 * MINUTE_MS;
/** People are at work on it; KOS is only asked so that it can spare them the trouble once it speaks again. */
const HELD_SPACING_MS = 15 * MINUTE_MS;

/** 2, 4, 8 … seconds between looks, at most 5 minutes. */
export const spacingMs = (looksBefore: number): number =>
  Math.min(FIRST_SPACING_MS * 2 ** Math.min(looksBefore, 10), LONGEST_SPACING_MS);
