import type { NetworkType, OperatorCode } from './plans.ts';

export interface Customer {
  readonly customerId: string;
  readonly name: string;
  readonly type: 'INDIVIDUAL' | 'CORPORATE';
  readonly operatorCode: OperatorCode;
  readonly registeredOn: string;
  readonly lines: readonly Line[];
}

/** What never changes about a line. Everything else (plan, contract, bill …) follows from this and a day. */
export interface Line {
  /** First word of every later draw about this line: usage, devices, payment days. */
  readonly seed: string;
  readonly lineNumber: string;
  readonly customerId: string;
  readonly operatorCode: OperatorCode;
  readonly activatedOn: string;
  readonly suspendedOn: string | null;
  readonly terminatedOn: string | null;
  /** Oldest first, the first one from activation; changes made through KOS come on top. */
  readonly planHistory: readonly [PlanPeriod, ...PlanPeriod[]];
  readonly device: NetworkType;
  readonly commitment: Commitment | null;
  readonly instalment: InstalmentHabit | null;
  readonly paymentHabit: PaymentHabit;
  readonly paymentMethod: string;
  readonly familyDiscountWon: number;
  readonly additionalServices: readonly AdditionalService[];
}

export interface PlanPeriod {
  readonly from: string;
  readonly productCode: string;
}

/** Renewed for ever: `months` under contract, then `gapMonths` without, beginning on the day of activation. */
export interface Commitment {
  readonly type: 'SELECTIVE_DISCOUNT' | 'DEVICE_SUBSIDY';
  readonly months: 12 | 24;
  readonly gapMonths: number;
  readonly penaltyPerMonthWon: number;
}

/** Buys a device on instalments again and again, with `gapMonths` of peace between two. */
export interface InstalmentHabit {
  readonly months: 24 | 30 | 36;
  readonly gapMonths: number;
}

/** PROMPT pays in time, FORGETFUL misses a month now and then, IN_ARREARS always has an overdue bill. */
export type PaymentHabit = 'PROMPT' | 'FORGETFUL' | 'IN_ARREARS';

export interface AdditionalService {
  readonly code: string;
  readonly name: string;
  readonly monthlyFeeWon: number;
}

export const additionalServices: readonly AdditionalService[] = [
  { code: 'AS01', name: '통화연결음', monthlyFeeWon: 1_100 },
  { code: 'AS02', name: '휴대폰 보험', monthlyFeeWon: 4_900 },
  { code: 'AS03', name: '데이터 쉐어링', monthlyFeeWon: 5_500 },
  { code: 'AS04', name: '스팸 차단 플러스', monthlyFeeWon: 2_200 },
];
