import { readPage, toConnection, toCursor } from '@supergraph/platform/pagination';

import type { BillInquiry } from '../../domain/bill-inquiry.ts';
import { isBillingMonth, offeredMonths } from '../../domain/billing-month.ts';
import { positionOf, readPosition } from '../../domain/list-inquiries.ts';
import type { LineResolvers } from '../generated/resolver-types.ts';
import { backendUnavailable, billNotIssued, invalidBillingMonth } from '../user-errors.ts';

/** A line that is not the caller's has nothing to show. */
export const Line: LineResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.line.load(id),

  bill: async ({ id }, { billingMonth }, { loaders, locale }) => {
    const line = await loaders.line.load(id);
    if (line === null) return null;
    const view = await loaders.bill.load({ line, billingMonth });
    switch (view.kind) {
      case 'found':
        return { __typename: 'CustomerBill', ...view };
      case 'not-issued':
        return billNotIssued(view.billingMonth, locale);
      case 'unavailable':
        return backendUnavailable(view, locale);
      case 'month-not-offered':
        return invalidBillingMonth(view.offeredMonths, locale);
    }
  },

  bills: async ({ id }, args, { billing, loaders }) => {
    const months = offeredMonths(billing.clock.now());
    const wish = readPage(args, { maxFirst: months.length, decode: (text) => (isBillingMonth(text) ? text : null) });
    const line = await loaders.line.load(id);
    if (line === null) return null;
    return toConnection({
      wish,
      totalCount: months.length,
      items: months.filter((month) => wish.after === null || month < wish.after),
      edge: (billingMonth) => ({ cursor: toCursor(billingMonth), billingMonth, line }),
    });
  },

  billInquiries: async ({ id }, { first, after, state, from, to }, { billing, loaders }) => {
    const wish = readPage({ first, after }, { maxFirst: 100, decode: readPosition });
    const line = await loaders.line.load(id);
    if (line === null) return null;
    const filter = { state: state ?? null, from: from ?? null, to: to ?? null };
    const found = await billing.listInquiries({ line, ...filter, after: wish.after, limit: wish.first + 1 });
    return toConnection({
      wish,
      totalCount: found.totalCount,
      items: found.inquiries,
      edge: (node: BillInquiry) => ({ cursor: toCursor(positionOf(node)), node }),
    });
  },
};
