import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import type { CalendarDay } from './calendar.ts';
import type { OrderIn, RefusalReason, StateIn } from './product-order.ts';

/** What KOS's own books say about a transaction id; `unreachable` is no statement at all. */
export type KosRecord =
  | { readonly kind: 'accepted'; readonly effectiveDate: CalendarDay }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable' };

/** How long what must be waited for; all in milliseconds. */
export interface SettlementPolicy {
  /** How long after SENT our own call may still leave this machine. */
  readonly callTimeoutMs: number;
  /** How long KOS may take to carry out a request after that: "not found" means nothing before. */
  readonly quarantineMs: number;
  /** How long KOS may stay silent before people are asked. */
  readonly handOverAfterMs: number;
}

export const usualSettlementPolicy: SettlementPolicy = {
  callTimeoutMs: 5 * SECOND_MS,
  quarantineMs: 2 * MINUTE_MS,
  handOverAfterMs: 24 * HOUR_MS,
};

/** What to do about an order in doubt. */
export type Settlement =
  | { readonly kind: 'settle'; readonly to: StateIn<'COMPLETED' | 'REJECTED' | 'FAILED' | 'NEEDS_OPERATOR'> }
  | { readonly kind: 'ask-again'; readonly at: Date };

/** One look into KOS's books: when the question was put, and how many were put before. */
export interface Look {
  readonly record: KosRecord;
  readonly askedAt: Date;
  readonly looksBefore: number;
}

/** Decides from what KOS's books say. The request is never sent again: only KOS's own word settles an order. */
export function decideSettlement(
  { state: { sentAt } }: OrderIn<'UNKNOWN'>,
  { record, askedAt, looksBefore }: Look,
  policy: SettlementPolicy,
): Settlement {
  const nextLookMs = askedAt.getTime() + spacingMs(looksBefore);
  switch (record.kind) {
    case 'accepted':
      return settle({ kind: 'COMPLETED', settledAt: askedAt, effectiveDate: record.effectiveDate });
    case 'refused':
      return settle({ kind: 'REJECTED', settledAt: askedAt, reason: record.reason });
    case 'absent': {
      const trustedFromMs = sentAt.getTime() + policy.callTimeoutMs + policy.quarantineMs;
      if (askedAt.getTime() >= trustedFromMs)
        return settle({ kind: 'FAILED', settledAt: askedAt, cause: 'NEVER_ARRIVED' });
      return { kind: 'ask-again', at: new Date(Math.min(nextLookMs, trustedFromMs)) };
    }
    case 'unreachable':
      if (askedAt.getTime() >= sentAt.getTime() + policy.handOverAfterMs)
        return settle({ kind: 'NEEDS_OPERATOR', sentAt, handedOverAt: askedAt });
      return { kind: 'ask-again', at: new Date(nextLookMs) };
  }
}

const settle = (to: Extract<Settlement, { kind: 'settle' }>['to']): Settlement => ({ kind: 'settle', to });

const FIRST_SPACING_MS = 2 * SECOND_MS;
const LONGEST_SPACING_MS = 5 * MINUTE_MS;

/** 2, 4, 8 … seconds between looks, at most 5 minutes. */
export const spacingMs = (looksBefore: number): number =>
  Math.min(FIRST_SPACING_MS * 2 ** Math.min(looksBefore, 10), LONGEST_SPACING_MS);
