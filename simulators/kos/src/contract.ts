import { addDays, fullMonthsFrom, sameDayAfter } from './calendar.ts';
import type { Line } from './subscription.ts';

/** A commitment as KOS shows it; `null` between two commitments. */
export interface Contract {
  readonly type: 'SELECTIVE_DISCOUNT' | 'DEVICE_SUBSIDY';
  readonly name: string;
  readonly status: 'ACTIVE';
  readonly start: string;
  readonly end: string;
  readonly penaltyAmount: number;
  readonly remainingMonths: number;
}

const names = { SELECTIVE_DISCOUNT: '선택약정', DEVICE_SUBSIDY: '공시지원금 약정' } as const;

export function contractOn(line: Line, day: string): Contract | null {
  const { commitment } = line;
  if (!commitment || day < line.activatedOn || (line.terminatedOn && day >= line.terminatedOn)) return null;
  const { type, months, gapMonths, penaltyPerMonthWon } = commitment;
  const cycleMonths = months + gapMonths;
  const cycle = Math.floor(fullMonthsFrom(line.activatedOn, day) / cycleMonths);
  const start = sameDayAfter(line.activatedOn, cycle * cycleMonths);
  const remainingMonths = months - fullMonthsFrom(start, day);
  if (remainingMonths <= 0) return null;
  return {
    type,
    name: `${names[type]} ${months}개월`,
    status: 'ACTIVE',
    start,
    end: addDays(sameDayAfter(start, months), -1),
    penaltyAmount: penaltyPerMonthWon * remainingMonths,
    remainingMonths,
  };
}
