import { offeredMonths } from '../../domain/billing-month.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const billInquiryMenu: NonNullable<QueryResolvers['billInquiryMenu']> = async (_root, _args, context) => {
  const { billing, caller, deadline } = context;
  const lines = await billing.ownLines.all(caller, { priority: 'interactive', deadline });
  const billingMonths = offeredMonths(billing.clock.now());
  const [currentBillingMonth = ''] = billingMonths;
  return { lines: [...lines], currentBillingMonth, billingMonths: [...billingMonths] };
};
