import { z } from 'zod';
import { createBill, type Bill } from '../bill.ts';
import { isMonth, monthOf, monthsFrom } from '../calendar.ts';
import type { LineStanding } from '../line-standing.ts';
import { isBilled } from '../payment.ts';
import type { Population } from '../population.ts';
import { answerWith } from '../result-codes.ts';
import { billScenario } from '../scenarios.ts';
import { lineNumber, type Operation } from './operation.ts';

const asked = z.object({ lineNumber, inquiryMonth: z.string().refine(isMonth) });
const KEPT_CLOSED_MONTHS = 24;

interface Deps {
  readonly population: Population;
  readonly standing: LineStanding;
}

/** Bills as they are at the moment of asking; null for a line or a month without one. */
export function createBillLookup({ population, standing }: Deps): (lineNumber: string, month: string) => Bill | null {
  const isKept = (month: string): boolean => {
    const age = monthsFrom(month, monthOf(standing.today()));
    return age >= 0 && age <= KEPT_CLOSED_MONTHS;
  };
  return (number, month) => {
    const line = population.findLine(number);
    if (!line || !isKept(month) || !isBilled(line, month)) return null;
    return createBill({ line, month, today: standing.today(), planOn: (day) => standing.planOn(line, day) });
  };
}

export function createBillInquiry(deps: Deps): Operation<z.infer<typeof asked>> {
  const billOf = createBillLookup(deps);
  return {
    name: 'bill-inquiry',
    method: 'POST',
    path: '/kos/bill/inquiry',
    asked,
    scenarioLatencyMs: ({ lineNumber: number }) => billScenario(number)?.latencyMs,
    perform({ lineNumber: number, inquiryMonth: month }) {
      const fixed = billScenario(number)?.resultCode;
      if (fixed) return answerWith(fixed);
      if (!deps.population.findLine(number)) return answerWith('E001');
      const bill = billOf(number, month);
      return bill === null ? answerWith('E002') : answerWith('0000', bill);
    },
  };
}
