import { addDays, addMonths, dayOf, monthOf } from './calendar.ts';
import { chanceOf } from './seeded-chance.ts';
import type { Line } from './subscription.ts';

export interface BillingPayment {
  readonly billingDate: string;
  readonly dueDate: string;
  readonly paymentStatus: 'PAID' | 'UNPAID' | 'OVERDUE';
  readonly paymentMethod: string;
  readonly paymentDate: string | null;
}

const DUE_DAY = 25;
const LATEST_PAYMENT_MONTHS = 4;
const LATE_FEE_WON = 10_000;

/** A month is billed on the 1st of the next and due on its 25th. What happens then follows the line's habit and the day. */
export function paymentOn(line: Line, month: string, today: string): BillingPayment {
  const billedIn = addMonths(month, 1);
  const dueDate = dayOf(billedIn, DUE_DAY);
  const paidOn = paymentDay(line, month, dueDate);
  const isPaid = paidOn <= today;
  return {
    billingDate: dayOf(billedIn, 1),
    dueDate,
    paymentStatus: isPaid ? 'PAID' : today > dueDate ? 'OVERDUE' : 'UNPAID',
    paymentMethod: line.paymentMethod,
    paymentDate: isPaid ? paidOn : null,
  };
}

export function hasOverdueBill(line: Line, today: string): boolean {
  return Array.from({ length: LATEST_PAYMENT_MONTHS }, (_, ago) => addMonths(monthOf(today), -1 - ago))
    .filter((month) => isBilled(line, month))
    .some((month) => paymentOn(line, month, today).paymentStatus === 'OVERDUE');
}

/** The month in which a bill becomes overdue is charged for it, once: it is on the bill of that month from that day on. */
export function lateFeeOn(line: Line, day: string): number {
  const lateMonth = addMonths(monthOf(day), -1);
  const dueDate = dayOf(monthOf(day), DUE_DAY);
  if (day <= dueDate || !isBilled(line, lateMonth)) return 0;
  return paymentDay(line, lateMonth, dueDate) > dueDate ? LATE_FEE_WON : 0;
}

/** From the month of activation to the month of termination, both included. */
export function isBilled(line: Line, month: string): boolean {
  return monthOf(line.activatedOn) <= month && (line.terminatedOn === null || month <= monthOf(line.terminatedOn));
}

function paymentDay(line: Line, month: string, dueDate: string): string {
  const chance = chanceOf(line.seed, 'payment', line.lineNumber, month);
  const inTime = -chance.between(0, 20);
  switch (line.paymentHabit) {
    case 'PROMPT':
      return addDays(dueDate, inTime);
    case 'FORGETFUL':
      return addDays(dueDate, chance.happens(0.1) ? chance.between(5, 50) : inTime);
    case 'IN_ARREARS':
      return addDays(dueDate, chance.between(45, 80));
  }
}
