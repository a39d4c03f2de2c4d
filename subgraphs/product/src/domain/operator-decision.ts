import { dayInSeoul, type CalendarDay } from './calendar.ts';
import type { OrderIn, RefusalReason, SettledState } from './product-order.ts';
import type { KosRecord } from './reconciliation.ts';

/** What an operator says became of a held order at KOS, as it was typed. */
export interface Decision {
  readonly outcome: SettledState['kind'];
  readonly effectiveDate: CalendarDay | null;
  readonly refusalReason: RefusalReason | null;
  /** Who said so, when, under which number. */
  readonly evidence: string;
  /** Whether the operator answers for it alone when KOS's books cannot be read. */
  readonly isKosSilenceAccepted: boolean;
}

/** A decision that has what its outcome needs, and nothing beside. */
export type Verdict =
  | { readonly kind: 'COMPLETED'; readonly effectiveDate: CalendarDay }
  | { readonly kind: 'REJECTED'; readonly reason: RefusalReason }
  | { readonly kind: 'FAILED' };

export type DecisionPart = 'effectiveDate' | 'refusalReason' | 'evidence';

export type Reading =
  { readonly kind: 'readable'; readonly verdict: Verdict } | { readonly kind: 'invalid'; readonly field: DecisionPart };

export const longestEvidence = 1_000;

/** Line ends are the only unprintable characters a statement needs. */
const isEvidence = (text: string): boolean =>
  text.trim() !== '' && text.length <= longestEvidence && /^[^\p{C}]*$/u.test(text.replaceAll(/[\r\n]/g, ''));

export function readDecision(decision: Decision): Reading {
  const { outcome, effectiveDate, refusalReason, evidence } = decision;
  if (!isEvidence(evidence)) return { kind: 'invalid', field: 'evidence' };
  if (outcome !== 'COMPLETED' && effectiveDate !== null) return { kind: 'invalid', field: 'effectiveDate' };
  if (outcome !== 'REJECTED' && refusalReason !== null) return { kind: 'invalid', field: 'refusalReason' };
  switch (outcome) {
    case 'COMPLETED':
      if (effectiveDate === null) return { kind: 'invalid', field: 'effectiveDate' };
      return { kind: 'readable', verdict: { kind: outcome, effectiveDate } };
    case 'REJECTED':
      if (refusalReason === null) return { kind: 'invalid', field: 'refusalReason' };
      return { kind: 'readable', verdict: { kind: outcome, reason: refusalReason } };
    case 'FAILED':
      return { kind: 'readable', verdict: { kind: outcome } };
  }
}

/** KOS makes a change not before it was sent, and not later than it was asked for, or than today. */
export function isPossible(verdict: Verdict, order: OrderIn<'NEEDS_OPERATOR'>, now: Date): boolean {
  if (verdict.kind !== 'COMPLETED') return true;
  const { effectiveDate } = verdict;
  const isInTime = effectiveDate <= dayInSeoul(now) || effectiveDate <= order.requestedDate;
  return isInTime && effectiveDate >= dayInSeoul(order.state.sentAt);
}

/** The state an order is in on an operator's word alone. */
export function stateByWord(verdict: Verdict, settledAt: Date): SettledState {
  switch (verdict.kind) {
    case 'COMPLETED':
    case 'REJECTED':
      return { ...verdict, settledAt };
    case 'FAILED':
      return { kind: 'FAILED', settledAt, cause: 'NOT_MADE' };
  }
}

/** Whether an operator says just what KOS's books say. */
export function agrees(verdict: Verdict, byKos: SettledState): boolean {
  switch (verdict.kind) {
    case 'COMPLETED':
      return byKos.kind === 'COMPLETED' && byKos.effectiveDate === verdict.effectiveDate;
    case 'REJECTED':
      return byKos.kind === 'REJECTED' && byKos.reason === verdict.reason;
    case 'FAILED':
      return byKos.kind === 'FAILED';
  }
}

export const isSameDecision = (one: Decision, other: Decision): boolean =>
  one.outcome === other.outcome &&
  one.effectiveDate === other.effectiveDate &&
  one.refusalReason === other.refusalReason &&
  one.evidence === other.evidence &&
  one.isKosSilenceAccepted === other.isKosSilenceAccepted;

/** What became of a decision. */
export type DecisionResult =
  'SETTLED' | 'REPEATED' | 'NOT_FOUND' | 'NOT_HELD' | 'INVALID' | 'CONTRADICTED' | 'UNCONFIRMED' | 'UNAVAILABLE';

/** Who asks, and in which request. */
export interface OperatorRequest {
  readonly userId: string;
  readonly requestId: string;
}

/** A decision as it stays on record, taken or refused. */
export interface RecordedDecision extends OperatorRequest {
  readonly id: string;
  readonly decidedAt: Date;
  /** As it was named; null when that cannot name an order. */
  readonly orderId: string | null;
  readonly decision: Decision;
  /** What KOS's books said; null when KOS was not asked. */
  readonly kosRecord: KosRecord | null;
  readonly result: DecisionResult;
}

/** An operator's look at the held orders, with what was shown. */
export interface RecordedLook extends OperatorRequest {
  readonly id: string;
  readonly lookedAt: Date;
  readonly orderIds: readonly string[];
}
