import type { CustomerResolvers } from '../generated/resolver-types.ts';

/** A customer other than the caller has nothing to show. */
export const Customer: CustomerResolvers = {
  __resolveReference: ({ id }, { caller }) => (id === caller.customerId ? { id } : null),

  profile: async ({ id }, _args, { caller, product }) => {
    if (id !== caller.customerId) return null;
    const { value, freshness } = await product.ownCustomer(id);
    return value.profile && { value: value.profile, freshness };
  },
};
