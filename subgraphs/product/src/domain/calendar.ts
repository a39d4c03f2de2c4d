import { Temporal } from 'temporal-polyfill';

declare const isDay: unique symbol;

/** A calendar day in Asia/Seoul, 'YYYY-MM-DD'; as text it sorts in the order of time. */
export type CalendarDay = string & { readonly [isDay]: true };

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

const isCalendarDay = (text: string): text is CalendarDay => {
  if (!dayPattern.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
};

/** Throws RangeError for anything that is no day. */
export function calendarDay(text: string): CalendarDay {
  if (!isCalendarDay(text)) throw new RangeError('not a calendar day');
  return text;
}

export const dayInSeoul = (moment: Date): CalendarDay =>
  calendarDay(
    Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO('Asia/Seoul').toPlainDate().toString(),
  );

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

export const firstOfNextMonth = (day: CalendarDay): CalendarDay =>
  calendarDay(Temporal.PlainDate.from(day).with({ day: 1 }).add({ months: 1 }).toString());
