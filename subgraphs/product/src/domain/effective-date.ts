import { CodedError } from '@supergraph/platform/errors';

import { calendarDay, dayInSeoul, firstOfNextMonth, type CalendarDay } from './calendar.ts';

/** When the customer wants the change: at once, or with the next month. */
export type RequestedStart = 'IMMEDIATELY' | 'NEXT_MONTH';

/** The day asked of KOS; what counts in the end is the day KOS confirms. */
export function effectiveDateOf(start: RequestedStart, now: Date): CalendarDay {
  const today = dayInSeoul(now);
  switch (start) {
    case 'IMMEDIATELY':
      return today;
    case 'NEXT_MONTH':
      return firstOfNextMonth(today);
  }
}

/** Nobody's plan was changed here before; earlier days are typing errors. */
const firstDayOfAll = calendarDay('2000-01-01');

/** A day as an operator typed it. Throws BAD_USER_INPUT for one on which no change can have taken effect. */
export function readEffectiveDate(text: string | null): CalendarDay | null {
  if (text === null) return null;
  const day = calendarDay(text);
  if (day < firstDayOfAll) throw new CodedError('BAD_USER_INPUT', { field: 'effectiveDate' });
  return day;
}
