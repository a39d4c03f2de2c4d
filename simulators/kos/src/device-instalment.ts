import { addDays, addMonths, dayNumber, dayOf, monthOf, monthsFrom, sameDayAfter } from './calendar.ts';
import { chanceOf } from './seeded-chance.ts';
import type { Line } from './subscription.ts';
import type { NetworkType } from './plans.ts';

export interface DeviceInstalment {
  readonly deviceModel: string;
  readonly total: number;
  readonly monthly: number;
  readonly paid: number;
  readonly remaining: number;
  readonly installmentMonths: number;
  readonly remainingMonths: number;
  readonly start: string;
  readonly end: string;
}

const models = {
  '5G': ['Galaxy S25', 'Galaxy Z Flip6', 'iPhone 16', 'iPhone 16 Pro', 'Galaxy A55'],
  LTE: ['Galaxy A15 LTE', 'Galaxy A24', 'iPhone SE'],
  '3G': ['Galaxy Folder2'],
} as const satisfies Record<NetworkType, readonly string[]>;

/** Where a device's instalments stand once the bill of `month` is counted as paid. */
export function instalmentIn(line: Line, month: string): DeviceInstalment | null {
  if (!line.instalment) return null;
  const { months, gapMonths } = line.instalment;
  const firstMonth = monthOf(line.activatedOn);
  const cycleMonths = months + gapMonths;
  const cycle = Math.floor(monthsFrom(firstMonth, month) / cycleMonths);
  const boughtIn = addMonths(firstMonth, cycle * cycleMonths);
  const paidMonths = monthsFrom(boughtIn, month) + 1;
  if (paidMonths > months) return null;

  const chance = chanceOf(line.seed, 'device', line.lineNumber, cycle);
  const monthly = chance.between(80, 450) * 100;
  const start = dayOf(boughtIn, dayNumber(line.activatedOn));
  return {
    deviceModel: chance.pick(models[line.device]),
    total: monthly * months,
    monthly,
    paid: monthly * paidMonths,
    remaining: monthly * (months - paidMonths),
    installmentMonths: months,
    remainingMonths: months - paidMonths,
    start,
    end: addDays(sameDayAfter(start, months), -1),
  };
}
