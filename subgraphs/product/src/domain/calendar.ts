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

export const firstOfNextMonth = (day: CalendarDay): CalendarDay =>
  calendarDay(Temporal.PlainDate.from(day).with({ day: 1 }).add({ months: 1 }).toString());
