import { MINUTE_MS } from '@supergraph/platform/time';

import { summaryOf, type Bill, type Freshness } from './bill.ts';
import type { BillingMonth } from './billing-month.ts';

/** What asking for a bill came to. */
export type BillOutcome = BillFound | BillNotIssued | BillUnavailable;

export interface BillFound {
  readonly kind: 'found';
  readonly bill: Bill;
  readonly freshness: Freshness;
}

/** KOS has no bill for that month. */
export interface BillNotIssued {
  readonly kind: 'not-issued';
}

/** KOS cannot be asked now and nothing usable is kept. */
export interface BillUnavailable {
  readonly kind: 'unavailable';
  readonly code: 'KOS_UNAVAILABLE' | 'KOS_BUSY';
  readonly retryAfterMs: number;
}

/** One question for one bill, and by whom. `READ` is a bill looked at, `REQUEST` one asked for by name (요금 조회 신청). */
export interface InquiryRequest {
  readonly id: string;
  readonly origin: 'REQUEST' | 'READ';
  readonly customerId: string;
  readonly userId: string;
  readonly lineId: string;
  readonly billingMonth: BillingMonth;
  readonly requestedAt: Date;
}

/** `attempt` counts the attempts begun; one at which KOS was left alone is taken back. */
export type InquiryInProgress = InquiryRequest & { readonly state: 'IN_PROGRESS'; readonly attempt: number };

export type InquiryDone = InquiryRequest & {
  readonly state: 'DONE';
  readonly completedAt: Date;
  readonly found: BillFound;
};
export type InquiryRejected = InquiryRequest & { readonly state: 'REJECTED'; readonly completedAt: Date };
export type InquiryTerminated = InquiryRequest & {
  readonly state: 'TERMINATED_WITH_ERROR';
  readonly completedAt: Date;
  readonly failure: BillUnavailable;
};

export type EndedInquiry = InquiryDone | InquiryRejected | InquiryTerminated;
export type BillInquiry = InquiryInProgress | EndedInquiry;
export type InquiryState = BillInquiry['state'];

export const maxAttempts = 3;

/** How long an inquiry waits for KOS while it must be left alone: longer than a circuit or a spent quota lasts. */
export const patienceMs = 5 * MINUTE_MS;

const firstProgressPercent = 10;

/** 10 while the first attempt runs, then a third of the rest for each further one; 100 once ended. */
export function progressPercentOf(inquiry: BillInquiry): number {
  if (inquiry.state !== 'IN_PROGRESS') return 100;
  const attemptsMade = Math.max(0, Math.min(inquiry.attempt, maxAttempts) - 1);
  return firstProgressPercent + Math.floor(((100 - firstProgressPercent) * attemptsMade) / maxAttempts);
}

/** Ends an inquiry with what it came to. */
export function endInquiry(
  { id, origin, customerId, userId, lineId, billingMonth, requestedAt }: InquiryRequest,
  outcome: BillOutcome,
  completedAt: Date,
): EndedInquiry {
  const ended = { id, origin, customerId, userId, lineId, billingMonth, requestedAt, completedAt };
  switch (outcome.kind) {
    case 'found':
      return { ...ended, state: 'DONE', found: outcome };
    case 'not-issued':
      return { ...ended, state: 'REJECTED' };
    case 'unavailable':
      return { ...ended, state: 'TERMINATED_WITH_ERROR', failure: outcome };
  }
}

const firstDelayShare = 0.5;

/**
 * How long to wait after a failed attempt: until it can help, and then `baseMs` doubled with each, half of it left to
 * chance, so that those who wait for the same moment do not all come at it.
 */
export function retryDelayMs(failed: {
  readonly attempt: number;
  readonly baseMs: number;
  readonly random: number;
  readonly retryAfterMs: number;
}): number {
  const fullMs = failed.baseMs * 2 ** (failed.attempt - 1);
  return failed.retryAfterMs + Math.ceil(fullMs * (firstDelayShare + (1 - firstDelayShare) * failed.random));
}

/** The plan and the total in one line; null without a bill. */
export const resultSummaryOf = (inquiry: BillInquiry): string | null =>
  inquiry.state === 'DONE' ? summaryOf(inquiry.found.bill) : null;
