import { z } from 'zod';
import { createBill } from '../bill.ts';
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

export function createBillInquiry({ population, standing }: Deps): Operation<z.infer<typeof asked>> {
  const isKept = (month: string): boolean => {
    const age = monthsFrom(month, monthOf(standing.today()));
    return age >= 0 && age <= KEPT_CLOSED_MONTHS;
  };
  return {
    name: 'bill-inquiry',
    method: 'POST',
    path: '/kos/bill/inquiry',
    asked,
    scenarioLatencyMs: ({ lineNumber: number }) => billScenario(number)?.latencyMs,
    perform({ lineNumber: number, inquiryMonth: month }) {
      const fixed = billScenario(number)?.resultCode;
      if (fixed) return answerWith(fixed);
      const line = population.findLine(number);
      if (!line) return answerWith('E001');
      if (!isKept(month) || !isBilled(line, month)) return answerWith('E002');
      const planOn = (day: string) => standing.planOn(line, day);
      return answerWith('0000', createBill({ line, month, today: standing.today(), planOn }));
    },
  };
}
