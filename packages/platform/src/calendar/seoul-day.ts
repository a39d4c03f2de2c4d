import { Temporal } from 'temporal-polyfill';

const firstDay = Temporal.PlainDate.from('1000-01-01');
const lastDay = Temporal.PlainDate.from('9000-12-31');

/** A day far outside all that ever was is as good as the end it lies beyond, where a database still knows the year. */
function withinReach(day: Temporal.PlainDate): Temporal.PlainDate {
  if (Temporal.PlainDate.compare(day, firstDay) < 0) return firstDay;
  return Temporal.PlainDate.compare(day, lastDay) > 0 ? lastDay : day;
}

const startOf = (day: Temporal.PlainDate): Date =>
  new Date(withinReach(day).toZonedDateTime('Asia/Seoul').toInstant().epochMilliseconds);

/** The moment a day (YYYY-MM-DD) begins in Seoul. */
export const startOfDay = (day: string): Date => startOf(Temporal.PlainDate.from(day));

/** The moment the day after begins in Seoul. */
export const endOfDay = (day: string): Date => startOf(Temporal.PlainDate.from(day).add({ days: 1 }));
