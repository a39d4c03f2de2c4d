export type NetworkType = '3G' | 'LTE' | '5G';
export type OperatorCode = 'MVNO001' | 'MVNO002';

export interface Plan {
  readonly productCode: string;
  readonly productName: string;
  readonly productType: 'STANDARD' | 'YOUTH' | 'SENIOR' | 'DATA_ONLY';
  readonly networkType: NetworkType;
  readonly monthlyFeeWon: number;
  readonly dataLimitMb: number;
  readonly voiceLimitMinutes: number;
  readonly smsLimit: number;
  readonly soldFrom: string;
  readonly soldUntil: string | null;
  readonly operatorCode: OperatorCode;
}

export const UNLIMITED = -1;
const GB = 1024;
const u = UNLIMITED;

type Row = readonly [
  code: string,
  name: string,
  network: NetworkType,
  monthlyFeeWon: number,
  limits: readonly [dataMb: number, voiceMinutes: number, sms: number],
  sold?: readonly [from: string, until: string | null],
];

const soldByMvno001: readonly Row[] = [
  ['5G-PREMIUM-001', '5G 프리미엄 플랜', '5G', 89_000, [u, u, u]],
  ['5G-STANDARD-001', '5G 스탠다드 플랜', '5G', 69_000, [100 * GB, u, u]],
  ['5G-BASIC-001', '5G 베이직 플랜', '5G', 55_000, [24 * GB, u, u]],
  ['5G-SLIM-001', '5G 슬림 플랜', '5G', 45_000, [8 * GB, u, u]],
  ['PROD999', '5G 라이트 플랜', '5G', 49_000, [12 * GB, u, u]],
  ['LTE-PREMIUM-001', 'LTE 프리미엄 플랜', 'LTE', 59_000, [50 * GB, u, u]],
  ['LTE-BASIC-001', 'LTE 베이직 플랜', 'LTE', 39_000, [20 * GB, u, u]],
  ['LTE-YOUTH-001', 'LTE 청년 플랜', 'LTE', 33_000, [15 * GB, u, u]],
  ['LTE-SENIOR-001', 'LTE 시니어 플랜', 'LTE', 19_800, [3 * GB, 300, 200]],
  ['LTE-TALK-001', 'LTE 통화 플랜', 'LTE', 16_500, [GB, 300, 100]],
  ['PROD001', 'LTE 알뜰 플랜', 'LTE', 25_000, [7 * GB, 200, 100]],
  ['LTE-OLD-001', 'LTE 62 플랜', 'LTE', 62_000, [6 * GB, 350, 350], ['20150401', '20221231']],
  ['3G-OLD-001', '3G 레거시 플랜', '3G', 29_000, [5 * GB, 500, 100], ['20150401', '20211231']],
];

const soldByMvno002: readonly Row[] = [
  ['M2-5G-MAX-001', '5G 맥스 요금제', '5G', 79_000, [u, u, u]],
  ['M2-5G-PLUS-001', '5G 플러스 요금제', '5G', 62_000, [80 * GB, u, u]],
  ['M2-5G-MINI-001', '5G 미니 요금제', '5G', 42_000, [9 * GB, u, u]],
  ['M2-LTE-MAX-001', 'LTE 맥스 요금제', 'LTE', 49_500, [100 * GB, u, u]],
  ['M2-LTE-PLUS-001', 'LTE 플러스 요금제', 'LTE', 33_000, [11 * GB, u, u]],
  ['M2-LTE-YOUTH-001', 'LTE 틴즈 요금제', 'LTE', 27_500, [6 * GB, 200, u]],
  ['M2-LTE-MINI-001', 'LTE 미니 요금제', 'LTE', 13_200, [1_536, 100, 100]],
  ['M2-LTE-DATA-001', 'LTE 데이터쉐어 요금제', 'LTE', 11_000, [5 * GB, 0, 0]],
  ['M2-3G-TALK-001', '3G 통화 요금제', '3G', 9_900, [300, 100, 50], ['20150401', '20201231']],
  ['M2-LTE-OLD-001', 'LTE 34 요금제', 'LTE', 34_000, [750, 160, 200], ['20150401', '20230630']],
];

const SOLD_SINCE = '20190405';

function planOf(
  [productCode, productName, networkType, monthlyFeeWon, limits, sold]: Row,
  operatorCode: OperatorCode,
): Plan {
  const [dataLimitMb, voiceLimitMinutes, smsLimit] = limits;
  const [soldFrom, soldUntil] = sold ?? [SOLD_SINCE, null];
  const productType = typeOf(productCode);
  const allowances = { dataLimitMb, voiceLimitMinutes, smsLimit };
  return {
    productCode,
    productName,
    productType,
    networkType,
    monthlyFeeWon,
    ...allowances,
    soldFrom,
    soldUntil,
    operatorCode,
  };
}

function typeOf(productCode: string): Plan['productType'] {
  if (productCode.includes('YOUTH')) return 'YOUTH';
  if (productCode.includes('SENIOR')) return 'SENIOR';
  return productCode.includes('DATA') ? 'DATA_ONLY' : 'STANDARD';
}

export const plans: readonly Plan[] = [
  ...soldByMvno001.map((row) => planOf(row, 'MVNO001')),
  ...soldByMvno002.map((row) => planOf(row, 'MVNO002')),
];

const plansByCode = new Map(plans.map((plan) => [plan.productCode, plan]));

export function findPlan(productCode: string): Plan | undefined {
  return plansByCode.get(productCode);
}

/** For codes the simulator itself wrote down; a miss is a bug, not a customer's mistake. */
export function knownPlan(productCode: string): Plan {
  const plan = plansByCode.get(productCode);
  if (!plan) throw new Error(`No plan has the code ${productCode}`);
  return plan;
}

export function isOnSale(plan: Plan, day: string): boolean {
  return plan.soldFrom <= day && (plan.soldUntil === null || day <= plan.soldUntil);
}

const generations = { '3G': 3, LTE: 4, '5G': 5 } as const satisfies Record<NetworkType, number>;

export function canUse(device: NetworkType, network: NetworkType): boolean {
  return generations[device] >= generations[network];
}
