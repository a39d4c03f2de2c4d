import { z } from 'zod';
import type { Clock } from '../../../stand-in/clock.ts';
import { isDay } from '../calendar.ts';
import { isVisible, statusOf, type ChangeLedger, type ChangeRecord } from '../change-ledger.ts';
import { refusalOf, type Refusal } from '../change-rules.ts';
import type { LineStanding } from '../line-standing.ts';
import { knownPlan } from '../plans.ts';
import type { Population } from '../population.ts';
import { answerWith, type Answer } from '../result-codes.ts';
import { changeScenario } from '../scenarios.ts';
import { ACCEPTED_MESSAGE, ledgerEntryOf } from './change-status.ts';
import { lineNumber, productCode, transactionId, type Effect, type Operation } from './operation.ts';

const asked = z.object({
  transactionId,
  lineNumber,
  currentProductCode: productCode,
  newProductCode: productCode,
  changeReason: z.string().min(1).max(200),
  effectiveDate: z.string().refine(isDay),
});

type Asked = z.infer<typeof asked>;

interface Deps {
  readonly population: Population;
  readonly standing: LineStanding;
  readonly ledger: ChangeLedger;
  readonly clock: Clock;
}

export function createProductChange({ population, standing, ledger, clock }: Deps): Operation<Asked> {
  const recordOf = (change: Asked, refused: Refusal | null, { delayedMs }: Effect): ChangeRecord => {
    const today = standing.today();
    const takesEffect = change.effectiveDate > today ? change.effectiveDate : today;
    return {
      transactionId: change.transactionId,
      lineNumber: change.lineNumber,
      previousProductCode: change.currentProductCode,
      newProductCode: change.newProductCode,
      changeReason: change.changeReason,
      requestedDate: change.effectiveDate,
      effectiveDate: refused ? change.effectiveDate : takesEffect,
      changeDate: today,
      resultCode: refused?.resultCode ?? '0000',
      errorDetail: refused?.errorDetail ?? null,
      visibleFromMs: clock.now().getTime() + delayedMs,
    };
  };

  return {
    name: 'product-change',
    method: 'POST',
    path: '/kos/product/change',
    asked,
    scenarioLatencyMs: (change) => changeScenario(change)?.latencyMs,
    async perform(change, effect) {
      const fixed = changeScenario(change)?.resultCode ?? null;
      if (fixed === 'E999') return answerWith('E999');
      const { isNew, record } = await ledger.decide(change.transactionId, () => {
        const fixedRefusal = fixed && { resultCode: fixed, errorDetail: '시나리오 회선의 고정 응답입니다' };
        const refused = fixedRefusal ?? refusalOf(change, population.findLine(change.lineNumber), standing);
        return recordOf(change, refused, effect);
      });
      if (!isNew) return duplicateAnswer(change, record, clock);
      return record.resultCode === '0000' ? acceptedAnswer(record, clock) : refusedAnswer(record);
    },
  };
}

function acceptedAnswer(record: ChangeRecord, clock: Clock): Answer {
  const plan = knownPlan(record.newProductCode);
  return answerWith(
    '0000',
    {
      transactionId: record.transactionId,
      lineNumber: record.lineNumber,
      newProductCode: plan.productCode,
      newProductName: plan.productName,
      changeDate: record.changeDate,
      effectiveDate: record.effectiveDate,
      monthlyFee: plan.monthlyFeeWon,
      processResult: '정상',
      status: statusOf(record, clock),
    },
    ACCEPTED_MESSAGE,
  );
}

function refusedAnswer({ transactionId: id, resultCode, errorDetail }: ChangeRecord): Answer {
  return answerWith(resultCode, { transactionId: id, errorDetail });
}

/** The same id is never carried out twice, whether the content is the same or not. */
function duplicateAnswer(change: Asked, first: ChangeRecord, clock: Clock): Answer {
  const original = isVisible(first, clock)
    ? ledgerEntryOf(first, clock)
    : { transactionId: first.transactionId, status: 'IN_PROGRESS' };
  const errorDetail = isSameChange(change, first)
    ? '이미 접수된 거래번호입니다'
    : '다른 내용으로 이미 사용된 거래번호입니다';
  return answerWith('E400', { transactionId: change.transactionId, errorDetail, original }, '중복된 거래번호입니다');
}

function isSameChange(change: Asked, first: ChangeRecord): boolean {
  return (
    change.lineNumber === first.lineNumber &&
    change.currentProductCode === first.previousProductCode &&
    change.newProductCode === first.newProductCode &&
    change.changeReason === first.changeReason &&
    change.effectiveDate === first.requestedDate
  );
}
