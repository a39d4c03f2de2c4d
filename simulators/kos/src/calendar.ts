const SEOUL_OFFSET_MS = 9 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

// Days are 'YYYYMMDD' and months 'YYYYMM', as KOS writes them: as text they sort in the order of time.

export function dayInSeoul(instant: Date): string {
  return dayFromUtc(new Date(instant.getTime() + SEOUL_OFFSET_MS));
}

export function monthOf(day: string): string {
  return day.slice(0, 6);
}

export function dayOf(month: string, dayOfMonth: number): string {
  return `${month}${String(dayOfMonth).padStart(2, '0')}`;
}

export function dayNumber(day: string): number {
  return Number(day.slice(6));
}

export function daysIn(month: string): number {
  return new Date(Date.UTC(yearOf(month), monthNumber(month), 0)).getUTCDate();
}

export function lastDayOf(month: string): string {
  return dayOf(month, daysIn(month));
}

export function addMonths(month: string, count: number): string {
  const index = yearOf(month) * 12 + monthNumber(month) - 1 + count;
  return `${Math.floor(index / 12)}${String((index % 12) + 1).padStart(2, '0')}`;
}

export function monthsFrom(earlier: string, later: string): number {
  return (yearOf(later) - yearOf(earlier)) * 12 + monthNumber(later) - monthNumber(earlier);
}

export function addDays(day: string, count: number): string {
  return dayFromUtc(new Date(utcOf(day).getTime() + count * DAY_MS));
}

/** The same day of a later month; only days up to the 28th are ever moved, so every month has it. */
export function sameDayAfter(day: string, months: number): string {
  return dayOf(addMonths(monthOf(day), months), dayNumber(day));
}

/** Whole months that have passed on `later` since `earlier`. */
export function fullMonthsFrom(earlier: string, later: string): number {
  const begun = monthsFrom(monthOf(earlier), monthOf(later));
  return dayNumber(later) < dayNumber(earlier) ? begun - 1 : begun;
}

export function isDay(text: string): boolean {
  return /^\d{8}$/.test(text) && dayFromUtc(utcOf(text)) === text;
}

export function isMonth(text: string): boolean {
  return /^\d{4}(0[1-9]|1[0-2])$/.test(text);
}

function yearOf(dayOrMonth: string): number {
  return Number(dayOrMonth.slice(0, 4));
}

function monthNumber(dayOrMonth: string): number {
  return Number(dayOrMonth.slice(4, 6));
}

function utcOf(day: string): Date {
  return new Date(Date.UTC(yearOf(day), monthNumber(day) - 1, dayNumber(day)));
}

function dayFromUtc(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}
