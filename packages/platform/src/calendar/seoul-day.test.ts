import { describe, expect, it } from '@jest/globals';

import { endOfDay, startOfDay } from './index.ts';

describe('A day in Seoul', () => {
  it('begins and ends at midnight there', () => {
    expect(startOfDay('2026-09-15').toISOString()).toBe('2026-09-14T15:00:00.000Z');
    expect(endOfDay('2026-09-30').toISOString()).toBe('2026-09-30T15:00:00.000Z');
  });

  it('is as long as it was there: summer time took an hour from one', () => {
    // summer time of 1988: the 8th of May was an hour short
    expect(endOfDay('1988-05-08').getTime() - startOfDay('1988-05-08').getTime()).toBe(23 * 60 * 60 * 1_000);
  });

  it.each(['0001-01-01', '-002026-09-15'])('that is %s begins when one does that a database still knows', (day) => {
    expect(startOfDay(day)).toEqual(startOfDay('1000-01-01'));
  });

  it('that is the last one there can be ends when one begins that a database still knows', () => {
    expect(endOfDay('9999-12-31')).toEqual(startOfDay('9000-12-31'));
  });
});
