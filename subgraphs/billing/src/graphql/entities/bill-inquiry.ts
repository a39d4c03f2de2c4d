import { progressPercentOf, resultSummaryOf } from '../../domain/bill-inquiry.ts';
import type { BillInquiryResolvers } from '../generated/resolver-types.ts';
import { backendUnavailable, billNotIssued } from '../user-errors.ts';

const pollAfterMs = 1_000;

export const BillInquiry: BillInquiryResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.inquiry.load(id),

  progressPercent: progressPercentOf,
  pollAfterMs: ({ state }) => (state === 'IN_PROGRESS' ? pollAfterMs : null),
  line: ({ lineId }, _args, { loaders }) => loaders.line.load(lineId),
  completedAt: (inquiry) => (inquiry.state === 'IN_PROGRESS' ? null : inquiry.completedAt),
  resultSummary: resultSummaryOf,
  bill: (inquiry) => (inquiry.state === 'DONE' ? inquiry.found : null),
  failure: (inquiry, _args, { locale }) => {
    switch (inquiry.state) {
      case 'IN_PROGRESS':
      case 'DONE':
        return null;
      case 'REJECTED':
        return billNotIssued(inquiry.billingMonth, locale);
      case 'TERMINATED_WITH_ERROR':
        return backendUnavailable(inquiry.failure, locale);
    }
  },
  kosCalls: async ({ id }, _args, { loaders }) => [...(await loaders.kosCalls.load(id))],
};
