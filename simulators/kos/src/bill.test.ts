import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMemoryJournal } from '../../stand-in/journal.ts';
import { createBill, type Bill } from './bill.ts';
import { addDays, addMonths, lastDayOf, monthOf } from './calendar.ts';
import { createChangeLedger, type ChangeRecord } from './change-ledger.ts';
import { createLineStanding } from './line-standing.ts';
import { hasOverdueBill, isBilled } from './payment.ts';
import { plans } from './plans.ts';
import { createPopulation } from './population.ts';
import type { Line } from './subscription.ts';

const TODAY = '20260915';
const clock = { now: () => new Date('2026-09-15T12:00:00+09:00') };
const population = createPopulation({ seed: 'kos', customerCount: 3_000 });
const standing = createLineStanding(createChangeLedger(createMemoryJournal<ChangeRecord>(), clock), clock);
const lines = [...population.customers()].flatMap((customer) => customer.lines);

const billOf = (line: Line, month: string, today = TODAY): Bill =>
  createBill({ line, month, today, planOn: (day) => standing.planOn(line, day) });

const amountsOf = ({ billingPaymentInfo: _payment, isClosed: _isClosed, ...amounts }: Bill) => amounts;

/** What is to be paid before discounts. */
const feesOf = ({ items }: Bill): number => items.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);

const anyLine = fc.constantFrom(...lines);
const anyMonth = fc.integer({ min: -24, max: 0 }).map((ago) => addMonths(monthOf(TODAY), ago));
const manyRuns = { numRuns: 2_000 };

describe('a bill', () => {
  it('has items that add up to its charge, and a discount item for each discount', () => {
    fc.assert(
      fc.property(anyLine, anyMonth, (line, month) => {
        const { items, charge, discounts } = billOf(line, month);
        expect(items.reduce((sum, item) => sum + item.amount, 0)).toBe(charge);
        expect(charge).toBeGreaterThan(0);
        expect(items.every(({ amount }) => Number.isSafeInteger(amount) && amount !== 0)).toBe(true);
        expect(items.filter((item) => item.type === 'DISCOUNT').map((item) => -item.amount)).toEqual(
          discounts.map((discount) => discount.amount),
        );
        expect(items.every((item) => item.amount < 0 === (item.type === 'DISCOUNT'))).toBe(true);
      }),
      manyRuns,
    );
  });

  it('agrees with itself about contract, instalments and the cost of leaving', () => {
    fc.assert(
      fc.property(anyLine, anyMonth, (line, month) => {
        const { contractInfo, deviceInstallment: device, estimatedCancellationFee: fee, items } = billOf(line, month);
        expect(fee.totalFee).toBe(fee.contractPenalty + fee.installmentRemaining + fee.otherFees);
        expect(fee.contractPenalty).toBe(contractInfo?.penaltyAmount ?? 0);
        expect(fee.installmentRemaining).toBe(device?.remaining ?? 0);
        expect(items.find((item) => item.type === 'INSTALMENT')?.amount).toBe(device?.monthly);
        if (contractInfo) expect(contractInfo.start < contractInfo.end).toBe(true);
        if (!device) return;
        expect(device.paid + device.remaining).toBe(device.total);
        expect(device.monthly * device.remainingMonths).toBe(device.remaining);
      }),
      manyRuns,
    );
  });

  it('never changes in amount once its month is closed', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 1, max: 20 }), fc.nat(400), (line, ago, daysLater) => {
        const month = addMonths(monthOf(TODAY), -ago);
        fc.pre(isBilled(line, month));
        expect(amountsOf(billOf(line, month, addDays(TODAY, daysLater)))).toEqual(amountsOf(billOf(line, month)));
      }),
      manyRuns,
    );
  });

  it('grows from day to day while its month is open, and ends as the closed bill', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 1, max: 29 }), (line, day) => {
        const month = monthOf(TODAY);
        const dayBefore = addDays(`${month}01`, day - 1);
        const before = billOf(line, month, dayBefore);
        const after = billOf(line, month, addDays(dayBefore, 1));
        expect(before.isClosed).toBe(false);
        expect(feesOf(after)).toBeGreaterThanOrEqual(feesOf(before));
        // a discount is on all of the month that it begins in, so its first day makes the bill smaller
        const known = before.discounts.map(({ type }) => type);
        if (after.discounts.every(({ type }) => known.includes(type)))
          expect(after.charge).toBeGreaterThanOrEqual(before.charge);
        expect(after.usage.data.used).toBeGreaterThanOrEqual(before.usage.data.used);
        const lastOpen = billOf(line, month, lastDayOf(month));
        expect(amountsOf(lastOpen)).toEqual(amountsOf(billOf(line, month, addDays(lastDayOf(month), 1))));
      }),
    );
  });

  it('is unpaid until it is paid, and overdue after the 25th of the next month', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 1, max: 6 }), (line, ago) => {
        const month = addMonths(monthOf(TODAY), -ago);
        const { paymentStatus, paymentDate, dueDate } = billOf(line, month).billingPaymentInfo;
        expect(dueDate).toBe(`${addMonths(month, 1)}25`);
        expect(paymentDate === null).toBe(paymentStatus !== 'PAID');
        if (paymentStatus === 'UNPAID') expect(TODAY <= dueDate).toBe(true);
        if (paymentStatus === 'OVERDUE') expect(TODAY > dueDate).toBe(true);
      }),
    );
  });
});

describe('a late fee', () => {
  const lateFeeOn = (bill: Bill) => bill.items.find((item) => item.type === 'LATE_FEE')?.amount ?? 0;

  it('is on the bill of the month in which the one before became overdue, and on no other', () => {
    fc.assert(
      fc.property(anyLine, anyMonth, (line, month) => {
        fc.pre(month < monthOf(TODAY));
        const before = addMonths(month, -1);
        const { paymentStatus, paymentDate, dueDate } = billOf(line, before, lastDayOf(month)).billingPaymentInfo;
        const isLate = paymentStatus === 'OVERDUE' || (paymentDate !== null && paymentDate > dueDate);
        expect(lateFeeOn(billOf(line, month))).toBe(isLate && isBilled(line, before) ? 10_000 : 0);
      }),
      manyRuns,
    );
  });

  it('is on an overdue bill of the suspended demo line, whenever that is looked at', () => {
    const line = population.findLine('01012340000');
    if (line === undefined) throw new Error('the demo line is gone');
    fc.assert(
      fc.property(fc.nat(365), (days) => {
        const today = addDays(TODAY, days);
        const bills = [1, 2, 3].map((ago) => billOf(line, addMonths(monthOf(today), -ago), today));
        expect(bills.map(lateFeeOn)).toEqual([10_000, 10_000, 10_000]);
        expect(bills.map((bill) => bill.billingPaymentInfo.paymentStatus)).toContain('OVERDUE');
      }),
    );
  });
});

describe('the population', () => {
  it('offers at least 20 plans of two operators, some no longer sold', () => {
    expect(plans.length).toBeGreaterThanOrEqual(20);
    expect(new Set(plans.map((plan) => plan.productCode)).size).toBe(plans.length);
    expect(new Set(plans.map((plan) => plan.operatorCode))).toEqual(new Set(['MVNO001', 'MVNO002']));
    expect(plans.filter((plan) => plan.soldUntil !== null).map((plan) => plan.productCode)).toContain('3G-OLD-001');
  });

  it('has lines of every sort', () => {
    const share = (has: (line: Line) => boolean) => lines.filter(has).length / lines.length;
    expect(share((line) => standing.statusOf(line) === 'SUSPENDED')).toBeGreaterThan(0.01);
    expect(share((line) => standing.statusOf(line) === 'TERMINATED')).toBeGreaterThan(0.01);
    expect(share((line) => hasOverdueBill(line, TODAY))).toBeGreaterThan(0.02);
    expect(share((line) => billOf(line, '202608').contractInfo !== null)).toBeGreaterThan(0.3);
    expect(share((line) => billOf(line, '202608').deviceInstallment !== null)).toBeGreaterThan(0.2);
    expect(share((line) => billOf(line, '202608').discounts.length > 0)).toBeGreaterThan(0.3);
    expect(share((line) => (population.findCustomer(line.customerId)?.lines.length ?? 0) > 1)).toBeGreaterThan(0.2);
  });

  it('keeps everyone who always pays late overdue on every day of the year', () => {
    const inArrears = lines.filter((line) => line.paymentHabit === 'IN_ARREARS' && line.terminatedOn === null);
    fc.assert(
      fc.property(fc.constantFrom(...inArrears), fc.nat(365), (line, days) =>
        hasOverdueBill(line, addDays(TODAY, days)),
      ),
    );
  });

  it('gives every line its own number, and the same customer whatever the size', () => {
    expect(new Set(lines.map((line) => line.lineNumber)).size).toBe(lines.length);
    expect(lines.every((line) => /^010\d{8}$/.test(line.lineNumber))).toBe(true);
    for (const line of lines) expect(population.findLine(line.lineNumber)).toEqual(line);
    const smaller = createPopulation({ seed: 'kos', customerCount: 100 });
    expect(population.findCustomer('CUST000100')).toEqual(smaller.findCustomer('CUST000100'));
    const differentSeed = createPopulation({ seed: 'other', customerCount: 100 });
    expect(differentSeed.findCustomer('CUST000100')).not.toEqual(smaller.findCustomer('CUST000100'));
  });
});
