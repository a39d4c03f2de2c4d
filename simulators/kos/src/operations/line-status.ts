import { z } from 'zod';
import type { ChangeRecord } from '../change-ledger.ts';
import { contractOn } from '../contract.ts';
import type { LineStanding } from '../line-standing.ts';
import type { Population } from '../population.ts';
import { answerWith } from '../result-codes.ts';
import { lineNumber, type Operation } from './operation.ts';

const asked = z.object({ lineNumber });

interface Deps {
  readonly population: Population;
  readonly standing: LineStanding;
}

export function createLineStatus({ population, standing }: Deps): Operation<z.infer<typeof asked>> {
  return {
    name: 'line-status',
    method: 'GET',
    path: '/kos/line/:lineNumber/status',
    asked,
    perform({ lineNumber: number }) {
      const line = population.findLine(number);
      if (!line) return answerWith('E001');
      return answerWith('0000', {
        lineNumber: number,
        customerId: line.customerId,
        operatorCode: line.operatorCode,
        status: standing.statusOf(line),
        activationDate: line.activatedOn,
        currentProductCode: standing.planOn(line, standing.today()).productCode,
        contract: contractOn(line, standing.today()),
        pendingChange: pendingChangeOf(standing.bookedChange(line)),
      });
    },
  };
}

function pendingChangeOf(change: ChangeRecord | undefined) {
  if (!change) return null;
  const { transactionId, newProductCode, effectiveDate } = change;
  return { transactionId, newProductCode, effectiveDate };
}
