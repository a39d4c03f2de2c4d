import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { addsUp } from '../domain/bill.ts';
import { offeredMonths } from '../domain/billing-month.ts';
import { readBill as readKosBill } from './kos-bill.ts';
import { UnusableReply } from './kos-reply.ts';

const [, month] = offeredMonths(new Date('2026-09-15T03:00:00Z'));
if (month === undefined) throw new Error('no month is offered');
const line = { id: 'ln_1', customerId: 'CUST001', number: '01012345678' };
const asked = { line, month };
const readBill = (data: unknown, onUnknownType: (type: string) => void = () => undefined) =>
  readKosBill(data, asked, onUnknownType);

/** A bill as KOS writes it; what the contract has and we have no use for is left in. */
const kosBill = {
  lineNumber: '01012345678',
  customerId: 'CUST001',
  billingMonth: '202608',
  isClosed: true,
  productCode: '5G-PREMIUM-001',
  productName: '5G 프리미엄 플랜',
  contractInfo: { type: 'SELECTIVE_DISCOUNT', name: '선택약정 24개월', status: 'ACTIVE', penaltyAmount: 85_000 },
  charge: 117_650,
  items: [
    { itemCode: 'BF01', itemName: '기본료', type: 'BASIC_FEE', amount: 89_000 },
    { itemCode: 'RM01', itemName: '로밍 요금', type: 'ROAMING_FEE', amount: 11_000 },
    { itemCode: 'AS02', itemName: '휴대폰 보험', type: 'ADDITIONAL_SERVICE_FEE', amount: 4_900 },
    { itemCode: 'DI01', itemName: '단말기 할부금', type: 'INSTALMENT', amount: 35_000 },
    { itemCode: 'DC01', itemName: '선택약정 할인', type: 'DISCOUNT', amount: -22_250 },
  ],
  discountInfo: '선택약정 할인 22,250원',
  usage: { voice: { used: 250, limit: -1 }, data: { used: 20_480, limit: 102_400 }, sms: { used: 31, limit: 100 } },
  estimatedCancellationFee: {
    contractPenalty: 85_000,
    installmentRemaining: 245_000,
    otherFees: 0,
    totalFee: 330_000,
    calculatedDate: '20260831',
  },
  deviceInstallment: {
    deviceModel: 'Galaxy S25',
    total: 840_000,
    monthly: 35_000,
    paid: 595_000,
    remaining: 245_000,
    remainingMonths: 7,
  },
  billingPaymentInfo: {
    billingDate: '20260901',
    dueDate: '20260925',
    paymentStatus: 'PAID',
    paymentMethod: '계좌이체',
    paymentDate: '20260921',
  },
};

describe('A bill that KOS writes', () => {
  it('is read into our words', () => {
    expect(readBill(kosBill)).toEqual({
      lineId: 'ln_1',
      billingMonth: '2026-08',
      isClosed: true,
      billDate: '2026-09-01',
      productName: '5G 프리미엄 플랜',
      contractDescription: '선택약정 24개월',
      amountDueWon: 117_650,
      items: [
        { name: '기본료', type: 'RECURRING_CHARGE', amountWon: 89_000 },
        { name: '로밍 요금', type: 'USAGE_CHARGE', amountWon: 11_000 },
        { name: '휴대폰 보험', type: 'RECURRING_CHARGE', amountWon: 4_900 },
        { name: '단말기 할부금', type: 'ONE_TIME_CHARGE', amountWon: 35_000 },
        { name: '선택약정 할인', type: 'CREDIT', amountWon: -22_250 },
      ],
      usage: [
        { type: 'VOICE', used: 250, allowance: null },
        { type: 'DATA', used: 20_480, allowance: 102_400 },
        { type: 'SMS', used: 31, allowance: 100 },
      ],
      terminationFee: {
        totalWon: 330_000,
        contractPenaltyWon: 85_000,
        installmentRemainingWon: 245_000,
        otherFeesWon: 0,
      },
      deviceInstallment: {
        deviceModel: 'Galaxy S25',
        totalWon: 840_000,
        monthlyWon: 35_000,
        remainingWon: 245_000,
        remainingMonths: 7,
      },
      payment: { status: 'PAID', method: '계좌이체', dueDate: '2026-09-25', paidOn: '2026-09-21' },
    });
  });

  it('may have no contract, no device and no payment yet', () => {
    const { billingPaymentInfo: payment } = kosBill;
    const unpaid = { ...payment, paymentStatus: 'UNPAID', paymentDate: null };
    const bare = { ...kosBill, contractInfo: null, deviceInstallment: null, billingPaymentInfo: unpaid };
    expect(readBill(bare)).toMatchObject({
      contractDescription: null,
      deviceInstallment: null,
      payment: { status: 'UNPAID', paidOn: null },
    });
  });

  it('has late fees and taxes as TM Forum names them', () => {
    const items = [
      { itemName: '기본료', type: 'BASIC_FEE', amount: 10_000 },
      { itemName: '연체 가산금', type: 'LATE_FEE', amount: 10_000 },
      { itemName: '부가가치세', type: 'VALUE_ADDED_TAX', amount: 1_000 },
    ];
    expect(readBill({ ...kosBill, items, charge: 21_000 }).items.map(({ type }) => type)).toEqual([
      'RECURRING_CHARGE',
      'PENALTY_CHARGE',
      'TAX',
    ]);
  });

  it('keeps what nobody knows under its own name, and tells of each type once', () => {
    const items = [
      { itemName: '기본료', type: 'BASIC_FEE', amount: 10_000 },
      { itemName: '환경 부담금', type: 'GREEN_LEVY', amount: 500 },
      { itemName: '환경 부담금 추가', type: 'GREEN_LEVY', amount: 100 },
      { itemName: '이벤트 환급', type: 'EVENT_REFUND', amount: -700 },
    ];
    const unknown: string[] = [];
    const bill = readBill({ ...kosBill, items, charge: 9_900 }, (type) => unknown.push(type));
    expect(bill.items).toEqual([
      { name: '기본료', type: 'RECURRING_CHARGE', amountWon: 10_000 },
      { name: '환경 부담금', type: 'ONE_TIME_CHARGE', amountWon: 500 },
      { name: '환경 부담금 추가', type: 'ONE_TIME_CHARGE', amountWon: 100 },
      { name: '이벤트 환급', type: 'CREDIT', amountWon: -700 },
    ]);
    expect(unknown).toEqual(['GREEN_LEVY', 'EVENT_REFUND']);
  });

  it.each<readonly [oddity: string, change: Readonly<Record<string, unknown>>]>([
    ['is of another line', { lineNumber: '01000009999' }],
    ['is of another customer', { customerId: 'CUST002' }],
    ['is of another month', { billingMonth: '202607' }],
    ['names no month', { billingMonth: '202613' }],
    ['does not add up', { charge: 117_651 }],
    ['counts in parts of a won', { charge: 117_650.5 }],
    ['writes money as text', { charge: '117650' }],
    ['is too large to be exact', { charge: Number.MAX_SAFE_INTEGER + 1 }],
    ['has an item whose type is no code', { items: [{ itemName: 'x', type: 'toString', amount: 117_650 }] }],
    ['has an unknown item and does not add up', { items: [{ itemName: 'x', type: 'GREEN_LEVY', amount: 117_651 }] }],
    ['has a late fee that pays', { charge: -1, items: [{ itemName: 'x', type: 'LATE_FEE', amount: -1 }] }],
    ['has a discount that adds', { charge: 1, items: [{ itemName: 'x', type: 'DISCOUNT', amount: 1 }] }],
    ['has a fee that pays', { charge: -1, items: [{ itemName: 'x', type: 'BASIC_FEE', amount: -1 }] }],
    ['has no items', { items: {} }],
    ['has a day that is none', { billingPaymentInfo: { ...kosBill.billingPaymentInfo, dueDate: '20260931' } }],
    ['uses less than nothing', { usage: { ...kosBill.usage, sms: { used: -2, limit: 100 } } }],
    [
      'has a fee that is not its parts',
      { estimatedCancellationFee: { ...kosBill.estimatedCancellationFee, totalFee: 0 } },
    ],
    ['does not say whether it is closed', { isClosed: 'Y' }],
  ])('is refused when it %s', (_oddity, change) => {
    expect(() => readBill({ ...kosBill, ...change })).toThrow(UnusableReply);
  });

  it('is refused when it is no bill at all', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        expect(() => readBill(data)).toThrow(UnusableReply);
      }),
    );
  });

  it('adds up or is refused, whatever amounts KOS writes', () => {
    const amounts = fc.tuple(fc.integer(), fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 6 }));
    fc.assert(
      fc.property(amounts, fc.boolean(), ([other, fees], isHonest) => {
        const items = fees.map((amount) => ({ itemName: '요금', type: 'CALL_FEE', amount }));
        const sum = fees.reduce((total, amount) => total + amount, 0);
        const charge = isHonest ? sum : other;
        const read = () => readBill({ ...kosBill, items, charge });
        if (charge === sum) expect(addsUp(read())).toBe(true);
        else expect(read).toThrow(UnusableReply);
      }),
    );
  });

  it('keeps control characters out of its words', () => {
    expect(readBill({ ...kosBill, productName: '5G\u0000 플랜\n' }).productName).toBe('5G  플랜');
  });
});
