import { Temporal } from 'temporal-polyfill';

declare const brand: unique symbol;

/** A calendar month in Asia/Seoul, written YYYY-MM. */
export type BillingMonth = string & { readonly [brand]: 'BillingMonth' };

const earlierMonthsOffered = 6;
const monthPattern = /^(?!0000)\d{4}-(0[1-9]|1[0-2])$/;

export const isBillingMonth = (text: string): text is BillingMonth => monthPattern.test(text);

/** The months a bill can be asked for, newest first: the current one in Seoul and the six before it. */
export function offeredMonths(now: Date): readonly BillingMonth[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO('Asia/Seoul');
  const current = today.toPlainDate().toPlainYearMonth();
  return Array.from({ length: 1 + earlierMonthsOffered }, (_, months) =>
    current.subtract({ months }).toString(),
  ).filter(isBillingMonth);
}

export type MonthChoice =
  | { readonly isOffered: true; readonly month: BillingMonth }
  | { readonly isOffered: false; readonly offeredMonths: readonly BillingMonth[] };

/** The month that is meant: the current one when none was named; future, too old and malformed ones are not offered. */
export function chooseMonth(asked: string | null | undefined, now: Date): MonthChoice {
  const offered = offeredMonths(now);
  const month = asked === null || asked === undefined ? offered[0] : offered.find((each) => each === asked);
  return month === undefined ? { isOffered: false, offeredMonths: offered } : { isOffered: true, month };
}

/** Whether the month is over in Seoul, so that its bill no longer grows. */
export const isOver = (month: BillingMonth, now: Date): boolean => month < (offeredMonths(now)[0] ?? month);
