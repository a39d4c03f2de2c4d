import { contractOn } from './contract.ts';
import type { ChangeResult } from './change-ledger.ts';
import type { LineStanding } from './line-standing.ts';
import { hasOverdueBill } from './payment.ts';
import { canUse, findPlan, isOnSale, type Plan } from './plans.ts';
import type { Line } from './subscription.ts';

export interface Refusal {
  readonly resultCode: Exclude<ChangeResult, '0000'>;
  readonly errorDetail: string;
}

export interface AskedChange {
  readonly lineNumber: string;
  readonly currentProductCode: string;
  readonly newProductCode: string;
}

const refusal = (resultCode: Refusal['resultCode'], errorDetail: string): Refusal => ({ resultCode, errorDetail });

/** The first rule of KOS that stands against the change, or `null` when it may go ahead. */
export function refusalOf(asked: AskedChange, line: Line | undefined, standing: LineStanding): Refusal | null {
  if (!line) return refusal('E001', '존재하지 않는 회선번호입니다');
  const today = standing.today();
  const current = standing.planOn(line, today);
  const target = findPlan(asked.newProductCode);
  if (current.productCode !== asked.currentProductCode) return refusal('E400', '현재 상품 코드가 일치하지 않습니다');
  if (!target) return refusal('E400', '존재하지 않는 상품코드입니다');
  if (target.productCode === current.productCode) return refusal('E400', '현재 사용 중인 상품과 동일합니다');
  if (!isOnSale(target, today)) return refusal('E400', '판매 중인 상품이 아닙니다');
  if (target.operatorCode !== line.operatorCode) return refusal('E400', '해당 사업자의 상품이 아닙니다');
  if (standing.statusOf(line) !== 'ACTIVE') return refusal('E101', '사용 중인 회선이 아닙니다');
  if (standing.bookedChange(line)) return refusal('E101', '예약된 상품 변경이 있습니다');
  if (isHeldByCommitment(line, { current, target, today }))
    return refusal('E101', '약정 기간에는 더 낮은 요금제로 변경할 수 없습니다');
  if (!canUse(line.device, target.networkType))
    return refusal('E102', `${line.device} 단말기에서 사용할 수 없는 상품입니다`);
  if (hasOverdueBill(line, today)) return refusal('E103', '미납 요금이 있습니다');
  return null;
}

interface PlanMove {
  readonly current: Plan;
  readonly target: Plan;
  readonly today: string;
}

function isHeldByCommitment(line: Line, { current, target, today }: PlanMove): boolean {
  return contractOn(line, today)?.type === 'DEVICE_SUBSIDY' && target.monthlyFeeWon < current.monthlyFeeWon;
}
