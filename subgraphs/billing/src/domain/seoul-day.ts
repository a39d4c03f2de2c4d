import { Temporal } from 'temporal-polyfill';

const startOf = (day: Temporal.PlainDate): Date =>
  new Date(day.toZonedDateTime('Asia/Seoul').toInstant().epochMilliseconds);

/** The moment a day (YYYY-MM-DD) begins in Seoul. */
export const startOfDay = (day: string): Date => startOf(Temporal.PlainDate.from(day));

/** The moment the day after begins in Seoul. */
export const endOfDay = (day: string): Date => startOf(Temporal.PlainDate.from(day).add({ days: 1 }));
