import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import {
  endInquiry,
  maxAttempts,
  patienceMs,
  retryDelayMs,
  type EndedInquiry,
  type InquiryInProgress,
} from './bill-inquiry.ts';
import { isAsked } from './kos-call.ts';
import { KosUnavailable } from './kos-unavailable.ts';
import type { OwnLines } from './own-lines.ts';
import type { BillFinding, BillSource, InquiryBook, KosAsk } from './ports.ts';

/** What one attempt at an inquiry came to. */
export type AttemptResult =
  | { readonly kind: 'ended'; readonly inquiry: EndedInquiry }
  | { readonly kind: 'postponed'; readonly inquiry: InquiryInProgress; readonly nextAt: Date };

export type ConductInquiry = (inquiry: InquiryInProgress, priority: KosAsk['priority']) => Promise<AttemptResult>;

/** What one attempt found; `counts` unless KOS was left alone, which uses up nobody's attempts. */
interface Attempt extends BillFinding {
  readonly counts: boolean;
}

/**
 * Makes the step an inquiry takes: it ends, or waits for its next attempt; after the last one, or when it has waited too
 * long for KOS, it ends anyhow.
 */
export function createConductInquiry(by: {
  readonly bills: BillSource;
  readonly lines: OwnLines;
  readonly book: InquiryBook;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryBaseMs: number;
}): ConductInquiry {
  async function ask(inquiry: InquiryInProgress, priority: KosAsk['priority']): Promise<Attempt> {
    // An attempt too many means that processes died over the earlier ones: it must not take this one down as well.
    if (inquiry.attempt > maxAttempts) return withoutAsking;
    const how = { priority, deadline: null };
    const line = await by.lines.find(inquiry, inquiry.lineId, how);
    if (line === null) return withoutAsking;
    const found = await by.bills.find({ line, month: inquiry.billingMonth, takesStale: false, ...how });
    return { ...found, counts: found.kosCalls.some(isAsked) };
  }

  return async (inquiry, priority) => {
    const { attempt, requestedAt } = inquiry;
    const { outcome, kosCalls, counts } = await ask(inquiry, priority).catch(asAttempt);
    const recorded = kosCalls.map((call) => ({ ...call, attempt }));
    const now = by.clock.now();

    const isLast = counts ? attempt >= maxAttempts : now.getTime() - requestedAt.getTime() >= patienceMs;
    if (outcome.kind !== 'unavailable' || isLast) {
      const ended = endInquiry(inquiry, outcome, now);
      await by.book.end(ended, recorded);
      return { kind: 'ended', inquiry: ended };
    }
    const { retryAfterMs } = outcome;
    const delayMs = retryDelayMs({ attempt, baseMs: by.retryBaseMs, random: by.random(), retryAfterMs });
    const nextAt = new Date(now.getTime() + delayMs);
    const postponed = counts
      ? await by.book.postpone(inquiry, { nextAt, kosCalls: recorded })
      : await by.book.takeBack(inquiry, { nextAt });
    return { kind: 'postponed', inquiry: postponed, nextAt };
  };
}

const withoutAsking: Attempt = {
  outcome: { kind: 'unavailable', code: 'KOS_UNAVAILABLE', retryAfterMs: SECOND_MS },
  kosCalls: [],
  counts: true,
};

/** Not to know the customer's lines is not to know the bill. */
function asAttempt(error: unknown): Attempt {
  if (error instanceof KosUnavailable) return { outcome: error.outcome, kosCalls: [], counts: error.isAsked };
  throw error;
}
