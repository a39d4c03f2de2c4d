import type { Bill } from '../domain/bill.ts';

/** A bill of nothing to pay, and what a test says about it. */
export const aBill = (told: Pick<Bill, 'billingMonth'> & Partial<Bill>): Bill => ({
  lineId: 'ln_1',
  isClosed: true,
  billDate: '2026-09-01',
  productName: '5G 프리미엄',
  contractDescription: null,
  amountDueWon: 0,
  items: [],
  usage: [],
  terminationFee: { totalWon: 0, contractPenaltyWon: 0, installmentRemainingWon: 0, otherFeesWon: 0 },
  deviceInstallment: null,
  payment: { status: 'UNPAID', method: null, dueDate: '2026-09-25', paidOn: null },
  ...told,
});
