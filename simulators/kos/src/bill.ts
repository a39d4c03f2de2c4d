import { fullMonthsFrom, lastDayOf, monthOf } from './calendar.ts';
import { contractOn, type Contract } from './contract.ts';
import { instalmentIn, type DeviceInstalment } from './device-instalment.ts';
import { lateFeeOn, paymentOn, type BillingPayment } from './payment.ts';
import type { Plan } from './plans.ts';
import { chanceOf } from './seeded-chance.ts';
import type { Line } from './subscription.ts';
import { accrued, overage, usageUpTo, type Usage } from './usage.ts';

export interface Bill {
  readonly lineNumber: string;
  readonly customerId: string;
  readonly billingMonth: string;
  readonly isClosed: boolean;
  readonly productCode: string;
  readonly productName: string;
  readonly contractInfo: Contract | null;
  readonly charge: number;
  readonly items: readonly BillItem[];
  readonly discountInfo: string;
  readonly discounts: readonly Discount[];
  readonly usage: Usage;
  readonly estimatedCancellationFee: CancellationFee;
  readonly deviceInstallment: DeviceInstalment | null;
  readonly billingPaymentInfo: BillingPayment;
}

export interface BillItem {
  readonly itemCode: string;
  readonly itemName: string;
  readonly type: BillItemType;
  readonly amount: number;
}

export type BillItemType =
  | 'BASIC_FEE'
  | 'CALL_FEE'
  | 'DATA_FEE'
  | 'SMS_FEE'
  | 'ROAMING_FEE'
  | 'ADDITIONAL_SERVICE_FEE'
  | 'INSTALMENT'
  | 'LATE_FEE'
  | 'DISCOUNT';

export interface Discount {
  readonly type: 'CONTRACT' | 'FAMILY' | 'LOYALTY';
  readonly name: string;
  readonly amount: number;
}

export interface CancellationFee {
  readonly contractPenalty: number;
  readonly installmentRemaining: number;
  readonly otherFees: number;
  readonly totalFee: number;
  readonly calculatedDate: string;
}

const CALL_WON_PER_MINUTE = 110;
const DATA_WON_PER_MB = 2;
const DATA_FEE_CAP_WON = 33_000;
const SMS_WON_EACH = 22;
const SUBSIDY_CANCELLATION_WON = 11_000;
const LOYAL_AFTER_MONTHS = 60;

interface BillQuestion {
  readonly line: Line;
  readonly month: string;
  readonly today: string;
  /** The plan in force on the last day counted: the end of the month, or today while the month is open. */
  readonly planOn: (day: string) => Plan;
}

/** A closed month is a function of the seed and the plan at its end; an open one counts the days so far. */
export function createBill({ line, month, today, planOn }: BillQuestion): Bill {
  const isClosed = month < monthOf(today);
  const countedUpTo = isClosed ? lastDayOf(month) : today;
  const plan = planOn(countedUpTo);
  const usage = usageUpTo(line, countedUpTo, plan);
  const contract = contractOn(line, countedUpTo);
  const instalment = instalmentIn(line, month);
  const discounts = discountsOn({ line, plan, contract, day: countedUpTo });
  const items = [
    ...feeItems(line, plan, countedUpTo),
    ...usageItems(usage),
    ...instalmentItems(instalment),
    ...lateFeeItems(line, countedUpTo),
    ...discounts.map((discount) => discountItem(discount)),
  ];
  return {
    lineNumber: line.lineNumber,
    customerId: line.customerId,
    billingMonth: month,
    isClosed,
    productCode: plan.productCode,
    productName: plan.productName,
    contractInfo: contract,
    charge: items.reduce((sum, item) => sum + item.amount, 0),
    items,
    discountInfo: discounts.map(({ name, amount }) => `${name} ${amount.toLocaleString('ko-KR')}원`).join(', '),
    discounts,
    usage,
    estimatedCancellationFee: cancellationFee(contract, instalment, countedUpTo),
    deviceInstallment: instalment,
    billingPaymentInfo: paymentOn(line, month, today),
  };
}

function feeItems(line: Line, plan: Plan, day: string): BillItem[] {
  const basic = accrued(plan.monthlyFeeWon, day);
  const services = line.additionalServices.map(({ code, name, monthlyFeeWon }) =>
    itemOf('ADDITIONAL_SERVICE_FEE', code, { name, amount: monthlyFeeWon }),
  );
  const roaming = accrued(roamingWon(line, monthOf(day)), day);
  return [
    itemOf('BASIC_FEE', 'BF01', { name: '기본료', amount: basic }),
    ...(roaming > 0 ? [itemOf('ROAMING_FEE', 'RM01', { name: '로밍 요금', amount: roaming })] : []),
    ...services,
  ];
}

function roamingWon(line: Line, month: string): number {
  const chance = chanceOf(line.seed, 'roaming', line.lineNumber, month);
  return chance.happens(0.03) ? chance.between(1, 6) * 11_000 : 0;
}

function usageItems(usage: Usage): BillItem[] {
  const call = overage(usage.voice) * CALL_WON_PER_MINUTE;
  const data = Math.min(overage(usage.data) * DATA_WON_PER_MB, DATA_FEE_CAP_WON);
  const sms = overage(usage.sms) * SMS_WON_EACH;
  return [
    itemOf('CALL_FEE', 'CF01', { name: '통화료', amount: call }),
    itemOf('DATA_FEE', 'DF01', { name: '데이터 추가 요금', amount: data }),
    itemOf('SMS_FEE', 'SF01', { name: 'SMS/MMS 요금', amount: sms }),
  ].filter((item) => item.amount > 0);
}

function instalmentItems(instalment: DeviceInstalment | null): BillItem[] {
  return instalment ? [itemOf('INSTALMENT', 'DI01', { name: '단말기 할부금', amount: instalment.monthly })] : [];
}

function lateFeeItems(line: Line, day: string): BillItem[] {
  const lateFee = lateFeeOn(line, day);
  return lateFee > 0 ? [itemOf('LATE_FEE', 'LF01', { name: '연체 가산금', amount: lateFee })] : [];
}

function itemOf(type: BillItemType, itemCode: string, { name, amount }: { name: string; amount: number }): BillItem {
  return { itemCode, itemName: name, type, amount };
}

const discountItemCodes = { CONTRACT: 'DC01', FAMILY: 'DC02', LOYALTY: 'DC03' } as const satisfies Record<
  Discount['type'],
  string
>;

function discountItem({ type, name, amount }: Discount): BillItem {
  return itemOf('DISCOUNT', discountItemCodes[type], { name, amount: -amount });
}

interface DiscountQuestion {
  readonly line: Line;
  readonly plan: Plan;
  readonly contract: Contract | null;
  readonly day: string;
}

/** Together never more than 60 % of the basic fee, so that no bill falls below nought. */
function discountsOn({ line, plan, contract, day }: DiscountQuestion): Discount[] {
  const fee = plan.monthlyFeeWon;
  const ofContract = contract?.type === 'SELECTIVE_DISCOUNT' ? fee * 0.25 : 0;
  const ofFamily = Math.min(line.familyDiscountWon, fee * 0.3);
  const ofLoyalty = fullMonthsFrom(line.activatedOn, day) >= LOYAL_AFTER_MONTHS ? fee * 0.05 : 0;
  const discounts: Discount[] = [
    { type: 'CONTRACT', name: '선택약정 할인', amount: accrued(ofContract, day) },
    { type: 'FAMILY', name: '가족결합 할인', amount: accrued(ofFamily, day) },
    { type: 'LOYALTY', name: '장기가입 할인', amount: accrued(ofLoyalty, day) },
  ];
  return discounts.filter((discount) => discount.amount > 0);
}

function cancellationFee(contract: Contract | null, instalment: DeviceInstalment | null, day: string): CancellationFee {
  const contractPenalty = contract?.penaltyAmount ?? 0;
  const installmentRemaining = instalment?.remaining ?? 0;
  const otherFees = contract?.type === 'DEVICE_SUBSIDY' ? SUBSIDY_CANCELLATION_WON : 0;
  const totalFee = contractPenalty + installmentRemaining + otherFees;
  return { contractPenalty, installmentRemaining, otherFees, totalFee, calculatedDate: day };
}
