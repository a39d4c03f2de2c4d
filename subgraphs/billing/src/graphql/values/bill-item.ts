import type { BillItemResolvers } from '../generated/resolver-types.ts';
import { money } from '../money.ts';

export const BillItem: BillItemResolvers = {
  amount: ({ amountWon }) => money(amountWon),
};
