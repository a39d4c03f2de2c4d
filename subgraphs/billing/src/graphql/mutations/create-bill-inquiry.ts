import type { MutationResolvers } from '../generated/resolver-types.ts';
import { backendUnavailable, invalidBillingMonth, lineNotFound } from '../user-errors.ts';

export const createBillInquiry: NonNullable<MutationResolvers['createBillInquiry']> = async (
  _root,
  { input },
  context,
) => {
  const { billing, caller, deadline, locale } = context;
  const result = await billing.inquireBill({ ...input, caller, deadline });
  switch (result.kind) {
    case 'inquiry':
      return { __typename: 'BillInquiry', ...result.inquiry };
    case 'line-not-found':
      return lineNotFound(locale);
    case 'unavailable':
      return backendUnavailable(result, locale);
    case 'month-not-offered':
      return invalidBillingMonth(result.offeredMonths, locale);
  }
};
