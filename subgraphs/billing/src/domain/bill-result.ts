import { resultSummaryOf, type EndedInquiry } from './bill-inquiry.ts';

/** What the MVNO AP server is told about an inquiry that has ended. */
export interface BillResult {
  readonly eventId: string;
  readonly type: 'BILL_INQUIRY_RESULT';
  readonly occurredAt: string;
  readonly inquiryId: string;
  readonly lineId: string;
  readonly billingMonth: string;
  readonly state: EndedInquiry['state'];
  readonly resultSummary: string | null;
  readonly bill: {
    readonly isClosed: boolean;
    readonly productName: string;
    readonly amountDueWon: number;
    readonly items: readonly { readonly name: string; readonly type: string; readonly amountWon: number }[];
  } | null;
}

/** The result of an inquiry, its event named after it: an inquiry ends once, so it has one result. */
export function billResultOf(inquiry: EndedInquiry): BillResult {
  const bill = inquiry.state === 'DONE' ? inquiry.found.bill : null;
  return {
    eventId: `bill-inquiry-result:${inquiry.id}`,
    type: 'BILL_INQUIRY_RESULT',
    occurredAt: inquiry.completedAt.toISOString(),
    inquiryId: inquiry.id,
    lineId: inquiry.lineId,
    billingMonth: inquiry.billingMonth,
    state: inquiry.state,
    resultSummary: resultSummaryOf(inquiry),
    bill: bill && {
      isClosed: bill.isClosed,
      productName: bill.productName,
      amountDueWon: bill.amountDueWon,
      items: bill.items.map(({ name, type, amountWon }) => ({ name, type, amountWon })),
    },
  };
}
