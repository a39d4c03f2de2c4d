import type { CalendarDay } from './calendar.ts';

export type LineStatus = 'ACTIVE' | 'SUSPENDED' | 'TERMINATED';

export interface Contract {
  readonly firstDay: CalendarDay;
  readonly lastDay: CalendarDay;
  readonly remainingMonths: number;
  readonly earlyTerminationFeeWon: number;
}

/** A line as KOS knows it: whose it is, what it is on, and what is to come. */
export interface LineStanding {
  readonly customerId: string;
  readonly operatorCode: string;
  readonly status: LineStatus;
  readonly activatedOn: CalendarDay;
  readonly productCode: string;
  readonly contract: Contract | null;
  readonly scheduledChange: { readonly productCode: string; readonly effectiveDate: CalendarDay } | null;
}

/** Who a customer is at KOS. */
export interface CustomerProfile {
  readonly name: string;
  readonly operatorCode: string;
  readonly registeredOn: CalendarDay;
}

/** A line of a customer, as kept here; `productVersion` grows with every plan change made here. */
export interface OwnLine {
  readonly lineId: string;
  readonly customerId: string;
  /** 11 digits; for KOS alone. */
  readonly lineNumber: string;
  readonly productVersion: number;
}

const linePrefix = 'ln_';
const productPrefix = 'prd_';
const opaquePart = /^[\w-]{22}$/;

/** Whether a text can be the id of a line at all; anything else is absent without looking. */
export const isLineId = (text: string): boolean =>
  text.startsWith(linePrefix) && opaquePart.test(text.slice(linePrefix.length));

/** A line has one product, so the product's id is the line's under another prefix. */
export const productIdOf = (lineId: string): string => productPrefix + lineId.slice(linePrefix.length);

export const lineIdOfProduct = (productId: string): string | null => {
  const lineId = linePrefix + productId.slice(productPrefix.length);
  return productId.startsWith(productPrefix) && isLineId(lineId) ? lineId : null;
};
