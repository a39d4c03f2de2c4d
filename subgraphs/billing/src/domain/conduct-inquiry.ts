import { CodedError } from '@supergraph/platform/errors';
import type { Clock } from '@supergraph/platform/time';

import {
  endInquiry,
  maxAttempts,
  retryDelayMs,
  type BillUnavailable,
  type EndedInquiry,
  type InquiryInProgress,
} from './bill-inquiry.ts';
import type { OwnLines } from './own-lines.ts';
import type { BillFinding, BillSource, InquiryBook, KosAsk } from './ports.ts';

/** What one attempt at an inquiry came to. */
export type AttemptResult =
  { readonly kind: 'ended'; readonly inquiry: EndedInquiry } | { readonly kind: 'postponed'; readonly delayMs: number };

export type ConductInquiry = (inquiry: InquiryInProgress, priority: KosAsk['priority']) => Promise<AttemptResult>;

/** Makes the step an inquiry takes: it ends, or waits for its next attempt; after the last one it ends anyhow. */
export function createConductInquiry(by: {
  readonly bills: BillSource;
  readonly lines: OwnLines;
  readonly book: InquiryBook;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryBaseMs: number;
}): ConductInquiry {
  async function ask(inquiry: InquiryInProgress, priority: KosAsk['priority']): Promise<BillFinding> {
    // An attempt too many means that processes died over the earlier ones: it must not take this one down as well.
    if (inquiry.attempt > maxAttempts) return withoutAsking;
    const how = { priority, deadline: null };
    const line = await by.lines.find(inquiry, inquiry.lineId, how);
    if (line === null) return withoutAsking;
    return await by.bills.find({ line, month: inquiry.billingMonth, takesStale: false, ...how });
  }

  return async (inquiry, priority) => {
    const { attempt } = inquiry;
    const { outcome, kosCalls } = await ask(inquiry, priority).catch(asFinding);
    const recorded = kosCalls.map((call) => ({ ...call, attempt }));

    if (outcome.kind !== 'unavailable' || attempt >= maxAttempts) {
      const ended = endInquiry(inquiry, outcome, by.clock.now());
      await by.book.end(ended, recorded);
      return { kind: 'ended', inquiry: ended };
    }
    const { retryAfterMs } = outcome;
    const delayMs = retryDelayMs({ attempt, baseMs: by.retryBaseMs, random: by.random(), retryAfterMs });
    await by.book.postpone(inquiry, recorded, delayMs);
    return { kind: 'postponed', delayMs };
  };
}

const unavailable = (code: BillUnavailable['code'], retryAfterMs: number): BillFinding => ({
  outcome: { kind: 'unavailable', code, retryAfterMs },
  kosCalls: [],
});

const withoutAsking = unavailable('KOS_UNAVAILABLE', 1_000);

/** Not to know the customer's lines is not to know the bill. */
function asFinding(error: unknown): BillFinding {
  if (error instanceof CodedError && (error.code === 'KOS_UNAVAILABLE' || error.code === 'KOS_BUSY'))
    return unavailable(error.code, error.retryAfterMs ?? 1_000);
  throw error;
}
