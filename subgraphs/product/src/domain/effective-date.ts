import { dayInSeoul, firstOfNextMonth, type CalendarDay } from './calendar.ts';

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
