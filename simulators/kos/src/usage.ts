import { daysIn, dayNumber, monthOf } from './calendar.ts';
import { knownPlan, UNLIMITED, type Plan } from './plans.ts';
import { chanceOf } from './seeded-chance.ts';
import type { Line } from './subscription.ts';

export interface Usage {
  readonly voice: Allowance;
  readonly data: Allowance;
  readonly sms: Allowance;
}

/** Voice in minutes, data in MB, SMS in messages; a limit of -1 is unlimited. */
export interface Allowance {
  readonly used: number;
  readonly limit: number;
}

/** How much of `amount` belongs to the part of the month up to and including `day`; all of it on the last day. */
export function accrued(amount: number, day: string): number {
  return Math.floor((amount * dayNumber(day)) / daysIn(monthOf(day)));
}

/** Usage up to `day` of its month. The appetite comes with the line's first plan: a new plan does not change habits. */
export function usageUpTo(line: Line, day: string, plan: Plan): Usage {
  const month = monthOf(day);
  const chance = chanceOf(line.seed, 'usage', line.lineNumber, month);
  const firstPlan = knownPlan(line.planHistory[0].productCode);
  const isIdle = line.suspendedOn !== null && monthOf(line.suspendedOn) <= month;

  const used = (usualLimit: number, unlimitedMost: number): number => {
    const whole = usualLimit === UNLIMITED ? chance.between(0, unlimitedMost) : chance.between(0, usualLimit * 1.15);
    return isIdle ? 0 : accrued(whole, day);
  };
  return {
    voice: { used: used(firstPlan.voiceLimitMinutes, 600), limit: plan.voiceLimitMinutes },
    data: { used: used(firstPlan.dataLimitMb, 80_000), limit: plan.dataLimitMb },
    sms: { used: used(firstPlan.smsLimit, 150), limit: plan.smsLimit },
  };
}

export function overage({ used, limit }: Allowance): number {
  return limit === UNLIMITED ? 0 : Math.max(0, used - limit);
}
