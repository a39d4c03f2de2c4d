import type { Clock } from '@supergraph/platform/time';

import { endInquiry, type BillOutcome } from './bill-inquiry.ts';
import { chooseMonth, type BillingMonth } from './billing-month.ts';
import type { Caller } from './own-lines.ts';
import type { BillSource, OwnLine, ReadingHistory } from './ports.ts';

/** A bill looked at, or why it cannot be. */
export type BillView =
  | (BillOutcome & { readonly billingMonth: BillingMonth })
  | { readonly kind: 'month-not-offered'; readonly offeredMonths: readonly BillingMonth[] };

export type ViewBill = (view: {
  readonly caller: Caller;
  readonly line: OwnLine;
  /** The current month when left out. */
  readonly billingMonth?: string | null | undefined;
  readonly deadline: Date | null;
}) => Promise<BillView>;

/** Makes the use case behind a line's bill: the answer of the moment, remembered first as an inquiry that has ended. */
export function createViewBill(by: {
  readonly bills: BillSource;
  readonly history: ReadingHistory;
  readonly clock: Clock;
  readonly newInquiryId: () => string;
}): ViewBill {
  return async ({ caller, line, billingMonth: asked, deadline }) => {
    const requestedAt = by.clock.now();
    const choice = chooseMonth(asked, requestedAt);
    if (!choice.isOffered) return { kind: 'month-not-offered', offeredMonths: choice.offeredMonths };

    const billingMonth = choice.month;
    const request = {
      id: by.newInquiryId(),
      origin: 'READ',
      customerId: line.customerId,
      userId: caller.userId,
      lineId: line.id,
      billingMonth,
      requestedAt,
    } as const;
    const question = { line, month: billingMonth, takesStale: true, priority: 'interactive', deadline } as const;
    const { outcome, kosCalls } = await by.bills.find(question);
    const attempt = 1;
    await by.history.note(
      endInquiry(request, outcome, by.clock.now()),
      kosCalls.map((call) => ({ ...call, attempt })),
    );
    return { ...outcome, billingMonth };
  };
}
