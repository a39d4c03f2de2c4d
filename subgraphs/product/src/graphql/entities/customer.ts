import { toConnection, toCursor } from '@supergraph/platform/pagination';

import { noticePositionOf } from '../../domain/customer-notice.ts';
import type { CustomerResolvers } from '../generated/resolver-types.ts';

/** A customer other than the caller has nothing to show. */
export const Customer: CustomerResolvers = {
  __resolveReference: ({ id }, { caller }) => (id === caller.customerId ? { id } : null),

  profile: async ({ id }, _args, { caller, product }) => {
    if (id !== caller.customerId) return null;
    const { value, freshness } = await product.ownCustomer(id);
    return value.profile && { value: value.profile, freshness };
  },

  communicationMessages: async ({ id }, { first, after }, { caller, product }) => {
    if (id !== caller.customerId) return null;
    const page = await product.listNotices(id, { first, after: after ?? null });
    return toConnection({ ...page, edge: (node) => ({ cursor: toCursor(noticePositionOf(node)), node }) });
  },
};
