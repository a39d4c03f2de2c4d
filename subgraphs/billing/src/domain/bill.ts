import type { BillingMonth } from './billing-month.ts';

/** The bill of one line for one month. Amounts are whole won, days are YYYY-MM-DD in Seoul. */
export interface Bill {
  readonly lineId: string;
  readonly billingMonth: BillingMonth;
  /** Whether the bill is final; the amounts of an open month still grow. */
  readonly isClosed: boolean;
  readonly billDate: string;
  readonly productName: string;
  readonly contractDescription: string | null;
  readonly amountDueWon: number;
  readonly items: readonly BillItem[];
  readonly usage: readonly UsageBucket[];
  readonly terminationFee: TerminationFee;
  readonly deviceInstallment: DeviceInstallment | null;
  readonly payment: BillPayment;
}

export interface BillItem {
  readonly name: string;
  readonly type: BillItemType;
  /** Negative for a credit. */
  readonly amountWon: number;
}

/** Kinds of items, in TM Forum's terms. */
export const billItemTypes = [
  'RECURRING_CHARGE',
  'ONE_TIME_CHARGE',
  'USAGE_CHARGE',
  'CREDIT',
  'PENALTY_CHARGE',
  'TAX',
] as const;

export type BillItemType = (typeof billItemTypes)[number];

/** Voice in minutes, data in megabytes, SMS in messages. */
export interface UsageBucket {
  readonly type: 'VOICE' | 'DATA' | 'SMS';
  readonly used: number;
  /** null when unlimited. */
  readonly allowance: number | null;
}

export interface TerminationFee {
  readonly totalWon: number;
  readonly contractPenaltyWon: number;
  readonly installmentRemainingWon: number;
  readonly otherFeesWon: number;
}

export interface DeviceInstallment {
  readonly deviceModel: string;
  readonly totalWon: number;
  readonly monthlyWon: number;
  readonly remainingWon: number;
  readonly remainingMonths: number;
}

export interface BillPayment {
  readonly status: 'PAID' | 'UNPAID' | 'OVERDUE';
  readonly method: string | null;
  readonly dueDate: string;
  readonly paidOn: string | null;
}

/** Where a bill came from and how old it is. */
export interface Freshness {
  readonly fetchedAt: Date;
  /** Past its time, shown because KOS cannot be asked now. */
  readonly isStale: boolean;
  readonly source: 'KOS' | 'CACHE';
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Whether items make up the amount due, and the parts of the termination fee its total, to the won. */
export function addsUp({ items, amountDueWon, terminationFee: fee }: Bill): boolean {
  const itemsWon = sum(items.map((item) => item.amountWon));
  const feeWon = sum([fee.contractPenaltyWon, fee.installmentRemainingWon, fee.otherFeesWon]);
  return itemsWon === amountDueWon && feeWon === fee.totalWon;
}

/** The plan and the total in one line, as in `5G 프리미엄 플랜, 89,000원`. */
export const summaryOf = (bill: Bill): string => `${bill.productName}, ${bill.amountDueWon.toLocaleString('ko-KR')}원`;
