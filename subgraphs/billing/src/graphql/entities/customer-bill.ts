import { readBillId, billIdOf } from '../../domain/bill-id.ts';
import type { CustomerBillResolvers } from '../generated/resolver-types.ts';
import { money } from '../money.ts';

export const CustomerBill: CustomerBillResolvers = {
  __resolveReference: async ({ id }, { loaders }) => {
    const key = readBillId(id);
    const line = key && (await loaders.line.load(key.lineId));
    if (line === null) return null;
    const view = await loaders.bill.load({ line, billingMonth: key?.billingMonth });
    return view.kind === 'found' ? view : null;
  },

  id: ({ bill }) => billIdOf(bill),
  line: ({ bill }) => ({ id: bill.lineId }),
  billingMonth: ({ bill }) => bill.billingMonth,
  isClosed: ({ bill }) => bill.isClosed,
  billDate: ({ bill }) => bill.billDate,
  productName: ({ bill }) => bill.productName,
  contractDescription: ({ bill }) => bill.contractDescription,
  amountDue: ({ bill }) => money(bill.amountDueWon),
  items: ({ bill }) => [...bill.items],
  discounts: ({ bill }) => bill.items.filter((item) => item.type === 'CREDIT'),
  usage: ({ bill }) => [...bill.usage],
  estimatedTerminationFee: ({ bill: { terminationFee: fee } }) => ({
    total: money(fee.totalWon),
    contractPenalty: money(fee.contractPenaltyWon),
    installmentRemaining: money(fee.installmentRemainingWon),
    otherFees: money(fee.otherFeesWon),
  }),
  deviceInstallment: ({ bill: { deviceInstallment: device } }) =>
    device && {
      deviceModel: device.deviceModel,
      total: money(device.totalWon),
      monthly: money(device.monthlyWon),
      remaining: money(device.remainingWon),
      remainingMonths: device.remainingMonths,
    },
  payment: ({ bill }) => bill.payment,
};
