import { describe, expect, it } from '@jest/globals';

import { calendarDay } from './calendar.ts';
import { effectiveDateOf } from './effective-date.ts';

describe('The day asked of KOS', () => {
  it.each([
    ['2026-09-15T03:00:00Z', '2026-09-15', '2026-10-01'],
    ['2026-09-30T14:59:59Z', '2026-09-30', '2026-10-01'],
    // Past midnight in Seoul, where it is October already.
    ['2026-09-30T15:00:00Z', '2026-10-01', '2026-11-01'],
    ['2026-12-31T14:59:59Z', '2026-12-31', '2027-01-01'],
    ['2026-12-31T15:00:00Z', '2027-01-01', '2027-02-01'],
    ['2028-01-31T00:00:00Z', '2028-01-31', '2028-02-01'],
  ])('at %s is %s for at once, and %s for the next month', (now, today, firstOfNext) => {
    expect(effectiveDateOf('IMMEDIATELY', new Date(now))).toBe(today);
    expect(effectiveDateOf('NEXT_MONTH', new Date(now))).toBe(firstOfNext);
  });

  it.each(['2026-02-30', '2026-13-01', '20260915', '2026-9-15', ''])('is never a day that is none: %j', (text) => {
    expect(() => calendarDay(text)).toThrow(RangeError);
  });
});
