import { z } from 'zod';
import type { Clock } from '../../../stand-in/clock.ts';
import { statusOf, type ChangeLedger, type ChangeRecord } from '../change-ledger.ts';
import { answerWith, resultCodes } from '../result-codes.ts';
import { transactionId, type Operation } from './operation.ts';

const asked = z.object({ transactionId });

export const ACCEPTED_MESSAGE = '상품 변경이 완료되었습니다';

interface Deps {
  readonly ledger: ChangeLedger;
  readonly clock: Clock;
}

/** "Not found" does not mean "never": a change KOS still works on is not in the ledger yet. */
export function createChangeStatus({ ledger, clock }: Deps): Operation<z.infer<typeof asked>> {
  return {
    name: 'change-status',
    method: 'GET',
    path: '/kos/product/change/:transactionId',
    asked,
    perform({ transactionId: id }) {
      const record = ledger.find(id);
      return record ? answerWith('0000', ledgerEntryOf(record, clock)) : answerWith('E004');
    },
  };
}

export function ledgerEntryOf(record: ChangeRecord, clock: Clock) {
  return {
    transactionId: record.transactionId,
    status: statusOf(record, clock),
    resultCode: record.resultCode,
    resultMessage: record.resultCode === '0000' ? ACCEPTED_MESSAGE : resultCodes[record.resultCode].message,
    lineNumber: record.lineNumber,
    previousProductCode: record.previousProductCode,
    newProductCode: record.newProductCode,
    effectiveDate: record.effectiveDate,
    changeDate: record.changeDate,
  };
}
