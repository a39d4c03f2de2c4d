import type { OperatorCode } from './plans.ts';
import type { Customer, Line } from './subscription.ts';

type LineTraits = Pick<Line, 'lineNumber' | 'planHistory'> & Partial<Line>;

interface DemoCustomer {
  readonly customerId: string;
  readonly name: string;
  readonly operatorCode?: OperatorCode;
  readonly registeredOn: string;
  readonly lines: readonly LineTraits[];
}

const untroubled = {
  seed: 'demo',
  suspendedOn: null,
  terminatedOn: null,
  device: '5G',
  commitment: null,
  instalment: null,
  paymentHabit: 'PROMPT',
  paymentMethod: '계좌이체',
  familyDiscountWon: 0,
  additionalServices: [],
} as const satisfies Partial<Line>;

function demoCustomer({ operatorCode = 'MVNO001', lines, ...who }: DemoCustomer): Customer {
  const owner = { customerId: who.customerId, operatorCode };
  return {
    ...who,
    type: 'INDIVIDUAL',
    operatorCode,
    lines: lines.map((traits) => ({ ...untroubled, ...owner, activatedOn: traits.planHistory[0].from, ...traits })),
  };
}

const insurance = { code: 'AS02', name: '휴대폰 보험', monthlyFeeWon: 4_900 };

/** People every demonstration and test may count on; nothing blocks CUST001 from changing plans up or down. */
export const demoCustomers: readonly Customer[] = [
  demoCustomer({
    customerId: 'CUST001',
    name: '김테스트',
    registeredOn: '20230310',
    lines: [
      {
        lineNumber: '01012345678',
        planHistory: [{ from: '20230310', productCode: '5G-PREMIUM-001' }],
        commitment: { type: 'SELECTIVE_DISCOUNT', months: 24, gapMonths: 0, penaltyPerMonthWon: 12_000 },
        instalment: { months: 36, gapMonths: 0 },
        familyDiscountWon: 10_000,
        additionalServices: [insurance],
      },
    ],
  }),
  demoCustomer({
    customerId: 'CUST002',
    name: '이샘플',
    registeredOn: '20220517',
    lines: [
      {
        lineNumber: '01087654321',
        planHistory: [
          { from: '20220517', productCode: 'LTE-PREMIUM-001' },
          { from: '20250501', productCode: '5G-STANDARD-001' },
        ],
        paymentMethod: '신용카드',
      },
    ],
  }),
  demoCustomer({
    customerId: 'CUST003',
    name: '박데모',
    registeredOn: '20210105',
    lines: [
      {
        lineNumber: '01012345679',
        planHistory: [{ from: '20210105', productCode: 'LTE-PREMIUM-001' }],
        commitment: { type: 'DEVICE_SUBSIDY', months: 24, gapMonths: 0, penaltyPerMonthWon: 9_000 },
      },
      { lineNumber: '01012345680', planHistory: [{ from: '20210105', productCode: 'LTE-PREMIUM-001' }] },
      {
        lineNumber: '01012345681',
        planHistory: [{ from: '20210105', productCode: 'LTE-PREMIUM-001' }],
        paymentHabit: 'IN_ARREARS',
      },
      { lineNumber: '01012345682', planHistory: [{ from: '20210105', productCode: 'PROD001' }], device: 'LTE' },
      {
        lineNumber: '01012340000',
        planHistory: [{ from: '20210105', productCode: 'LTE-BASIC-001' }],
        suspendedOn: '20250701',
        paymentHabit: 'IN_ARREARS',
      },
    ],
  }),
  demoCustomer({
    customerId: 'CUST004',
    name: '최모의',
    operatorCode: 'MVNO002',
    registeredOn: '20220921',
    lines: [
      { lineNumber: '01099998888', planHistory: [{ from: '20220921', productCode: 'M2-LTE-PLUS-001' }], device: 'LTE' },
    ],
  }),
];
