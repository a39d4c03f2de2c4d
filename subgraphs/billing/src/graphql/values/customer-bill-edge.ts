import type { CustomerBillEdgeResolvers } from '../generated/resolver-types.ts';
import { backendUnavailable, billNotIssued } from '../user-errors.ts';

export const CustomerBillEdge: CustomerBillEdgeResolvers = {
  node: async (edge, _args, { loaders }) => {
    const view = await loaders.bill.load(edge);
    return view.kind === 'found' ? view : null;
  },
  problem: async (edge, _args, { loaders, locale }) => {
    const view = await loaders.bill.load(edge);
    if (view.kind === 'unavailable') return backendUnavailable(view, locale);
    return view.kind === 'found' ? null : billNotIssued(edge.billingMonth, locale);
  },
};
