import { dayOf } from './calendar.ts';
import { demoCustomers } from './demo-customers.ts';
import { canUse, plans, type NetworkType, type OperatorCode, type Plan } from './plans.ts';
import { chanceOf, type Chance } from './seeded-chance.ts';
import { additionalServices, type Commitment, type Customer, type Line } from './subscription.ts';

export interface Population {
  findCustomer(customerId: string): Customer | undefined;
  findLine(lineNumber: string): Line | undefined;
  /** The demo customers first. */
  customers(): Iterable<Customer>;
}

interface PopulationOptions {
  readonly seed: string;
  readonly customerCount: number;
}

const MAX_LINES = 3;
const surnames = ['김', '이', '박', '최', '정', '강', '조', '윤', '장', '임', '한', '오'];
const givenNames = ['서준', '하은', '도윤', '지우', '민준', '수아', '예준', '서연', '지호', '다은', '건우', '유진'];
const companies = ['한빛상사', '푸른물류', '새봄건설', '다온식품', '미래테크'];

/**
 * The demo customers and `customerCount` drawn ones. Nothing is stored: whoever is asked for is drawn again from the
 * seed, and customer n is the same however many there are.
 */
export function createPopulation({ seed, customerCount }: PopulationOptions): Population {
  const demoLines = demoCustomers.flatMap((customer) => customer.lines);
  const drawIfThere = (index: number | undefined): Customer | undefined =>
    index !== undefined && index < customerCount ? drawCustomer(seed, index) : undefined;

  return {
    findCustomer: (customerId) =>
      demoCustomers.find((customer) => customer.customerId === customerId) ?? drawIfThere(indexOfCustomer(customerId)),
    findLine: (lineNumber) =>
      demoLines.find((line) => line.lineNumber === lineNumber) ??
      drawIfThere(indexOfOwner(lineNumber))?.lines.find((line) => line.lineNumber === lineNumber),
    *customers() {
      yield* demoCustomers;
      for (let index = 0; index < customerCount; index += 1) yield drawCustomer(seed, index);
    },
  };
}

function indexOfCustomer(customerId: string): number | undefined {
  return /^CUST(?!000000)\d{6}$/.test(customerId) ? Number(customerId.slice(4)) - 1 : undefined;
}

function drawCustomer(seed: string, index: number): Customer {
  const chance = chanceOf(seed, 'customer', index);
  const customerId = `CUST${String(index + 1).padStart(6, '0')}`;
  const operatorCode = chance.happens(0.6) ? 'MVNO001' : 'MVNO002';
  const isCompany = chance.happens(0.05);
  const name = isCompany ? chance.pick(companies) : `${chance.pick(surnames)}${chance.pick(givenNames)}`;
  const lineCount = chance.happens(0.8) ? 1 : chance.between(2, MAX_LINES);
  const lines = Array.from({ length: lineCount }, (_, nth) => {
    const lineNumber = drawnLineNumber(index * MAX_LINES + nth);
    return drawLine(chanceOf(seed, 'line', lineNumber), { seed, lineNumber, customerId, operatorCode });
  });
  const registeredOn = lines.map((line) => line.activatedOn).reduce((first, day) => (day < first ? day : first));
  return { customerId, name, type: isCompany ? 'CORPORATE' : 'INDIVIDUAL', operatorCode, registeredOn, lines };
}

// Numbers from 01020000000 to 01079999999 are permuted, so that no two drawn lines share one, none meets a demo line,
// and a number leads back to its owner: SCATTER × GATHER is 1 modulo the span.
const FIRST_NUMBER = 20_000_000;
const NUMBER_SPAN = 60_000_000;
const SCATTER = 37_199_983;
const GATHER = 39_317_647;

function drawnLineNumber(index: number): string {
  return `010${FIRST_NUMBER + ((index * SCATTER) % NUMBER_SPAN)}`;
}

function indexOfOwner(lineNumber: string): number | undefined {
  const place = Number(lineNumber.slice(3)) - FIRST_NUMBER;
  if (place < 0 || place >= NUMBER_SPAN) return undefined;
  return Math.floor(((place * GATHER) % NUMBER_SPAN) / MAX_LINES);
}

function drawLine(chance: Chance, owner: Pick<Line, 'seed' | 'lineNumber' | 'customerId' | 'operatorCode'>): Line {
  const firstPlan = drawPlan(chance, owner.operatorCode);
  const activatedOn = drawDay(chance, 2019, 2023);
  const changed = chance.happens(0.2)
    ? { from: drawDay(chance, 2024, 2025), plan: drawPlan(chance, owner.operatorCode) }
    : null;
  return {
    ...owner,
    activatedOn,
    ...drawEnd(chance),
    planHistory: [
      { from: activatedOn, productCode: firstPlan.productCode },
      ...(changed ? [{ from: changed.from, productCode: changed.plan.productCode }] : []),
    ],
    device: drawDevice(chance, changed ? [firstPlan, changed.plan] : [firstPlan]),
    commitment: drawCommitment(chance),
    instalment: chance.happens(0.4) ? { months: chance.pick([24, 30, 36]), gapMonths: chance.between(0, 12) } : null,
    paymentHabit: chance.happens(0.03) ? 'IN_ARREARS' : chance.happens(0.1) ? 'FORGETFUL' : 'PROMPT',
    paymentMethod: chance.pick(['계좌이체', '신용카드', '지로']),
    familyDiscountWon: chance.happens(0.25) ? chance.pick([2_200, 5_500, 11_000]) : 0,
    additionalServices: additionalServices.filter(() => chance.happens(0.15)),
  };
}

const planPool = (operatorCode: OperatorCode) => ({
  sold: plans.filter((plan) => plan.operatorCode === operatorCode && plan.soldUntil === null),
  ended: plans.filter((plan) => plan.operatorCode === operatorCode && plan.soldUntil !== null),
});
const planPools = { MVNO001: planPool('MVNO001'), MVNO002: planPool('MVNO002') };

function drawPlan(chance: Chance, operatorCode: OperatorCode): Plan {
  const { sold, ended } = planPools[operatorCode];
  return chance.pick(chance.happens(0.05) ? ended : sold);
}

/** Days up to the 28th, so that each has its like in every month. */
function drawDay(chance: Chance, firstYear: number, lastYear: number): string {
  const month = `${chance.between(firstYear, lastYear)}${String(chance.between(1, 12)).padStart(2, '0')}`;
  return dayOf(month, chance.between(1, 28));
}

function drawEnd(chance: Chance): Pick<Line, 'suspendedOn' | 'terminatedOn'> {
  const end = chance.fraction();
  return {
    suspendedOn: end < 0.02 ? drawDay(chance, 2025, 2025) : null,
    terminatedOn: end >= 0.02 && end < 0.04 ? drawDay(chance, 2025, 2025) : null,
  };
}

function drawDevice(chance: Chance, used: readonly Plan[]): NetworkType {
  const owned = chance.pick<NetworkType>(['LTE', '5G', '5G']);
  return used
    .map((plan) => plan.networkType)
    .reduce((best, network) => (canUse(best, network) ? best : network), owned);
}

function drawCommitment(chance: Chance): Commitment | null {
  if (chance.happens(0.35)) return null;
  return {
    type: chance.happens(0.7) ? 'SELECTIVE_DISCOUNT' : 'DEVICE_SUBSIDY',
    months: chance.pick([12, 24]),
    gapMonths: chance.happens(0.5) ? 0 : chance.between(1, 12),
    penaltyPerMonthWon: chance.between(4, 15) * 1_000,
  };
}
