import { waitAtMost, type Clock } from '@supergraph/platform/time';

import type { BillInquiry, BillUnavailable, InquiryInProgress } from './bill-inquiry.ts';
import { chooseMonth, type BillingMonth } from './billing-month.ts';
import type { InquiryWorker } from './inquiry-worker.ts';
import { KosUnavailable } from './kos-unavailable.ts';
import type { Caller, OwnLines } from './own-lines.ts';
import type { InquiryBook } from './ports.ts';

export type InquireBillResult =
  | { readonly kind: 'inquiry'; readonly inquiry: BillInquiry }
  | { readonly kind: 'line-not-found' }
  | BillUnavailable
  | { readonly kind: 'month-not-offered'; readonly offeredMonths: readonly BillingMonth[] };

export type InquireBill = (wish: {
  readonly caller: Caller;
  readonly lineId: string;
  /** The current month when left out. */
  readonly billingMonth?: string | null | undefined;
  readonly deadline: Date | null;
}) => Promise<InquireBillResult>;

/** Makes the use case behind a bill asked for: the inquiry is written down first, and answered ended if it ends in time. */
export function createInquireBill(by: {
  readonly lines: OwnLines;
  readonly book: InquiryBook;
  readonly worker: InquiryWorker;
  readonly clock: Clock;
  readonly newInquiryId: () => string;
  readonly waitMs: number;
}): InquireBill {
  async function findLine({ caller, lineId, deadline }: Parameters<InquireBill>[0]) {
    try {
      return await by.lines.find(caller, lineId, { priority: 'interactive', deadline });
    } catch (error) {
      if (error instanceof KosUnavailable) return error.outcome;
      throw error;
    }
  }

  return async (wish) => {
    const { caller, billingMonth, deadline } = wish;
    const line = await findLine(wish);
    if (line === null) return { kind: 'line-not-found' };
    if ('kind' in line) return line;
    const requestedAt = by.clock.now();
    const choice = chooseMonth(billingMonth, requestedAt);
    if (!choice.isOffered) return { kind: 'month-not-offered', offeredMonths: choice.offeredMonths };

    const inquiry: InquiryInProgress = {
      id: by.newInquiryId(),
      origin: 'REQUEST',
      customerId: line.customerId,
      userId: caller.userId,
      lineId: line.id,
      billingMonth: choice.month,
      requestedAt,
      state: 'IN_PROGRESS',
      attempt: 1,
    };
    await by.book.open(inquiry);
    const leftMs = deadline === null ? by.waitMs : deadline.getTime() - by.clock.now().getTime();
    const waited = await waitAtMost(Math.min(by.waitMs, leftMs), by.worker.carry(inquiry));
    return { kind: 'inquiry', inquiry: waited ?? inquiry };
  };
}
