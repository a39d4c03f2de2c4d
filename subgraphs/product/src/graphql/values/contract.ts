import type { ContractResolvers } from '../generated/resolver-types.ts';
import { money } from '../money.ts';

export const Contract: ContractResolvers = {
  startDate: ({ firstDay }) => firstDay,
  endDate: ({ lastDay }) => lastDay,
  earlyTerminationFee: ({ earlyTerminationFeeWon }) => money(earlyTerminationFeeWon),
};
