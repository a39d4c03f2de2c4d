import type { BillInquiry } from '../domain/bill-inquiry.ts';
import type { Bill, BillItem, Freshness, UsageBucket } from '../domain/bill.ts';
import type { BillingMonth } from '../domain/billing-month.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import type { OwnLine } from '../domain/ports.ts';

/** A line by name only: whether it is the caller's is asked again by every field that leads on from it. */
export interface LineModel {
  readonly id: string;
}

export interface CustomerBillModel {
  readonly bill: Bill;
  readonly freshness: Freshness;
}

/** A month of a line; its bill is asked for when a field wants it. */
export interface CustomerBillEdgeModel {
  readonly cursor: string;
  readonly line: OwnLine;
  readonly billingMonth: BillingMonth;
}

export type BillInquiryModel = BillInquiry;
export type KosCallModel = RecordedKosCall;
export type FreshnessModel = Freshness;
export type BillItemModel = BillItem;
export type UsageBucketModel = UsageBucket;
