import type { CustomerResolvers } from '../generated/resolver-types.ts';

export const Customer: CustomerResolvers = {
  __resolveReference: async (reference, { loaders }) => {
    const id = await loaders.customers.load(reference.id);
    return id === null ? null : { id };
  },
  lines: ({ id }, _args, { loaders }) => loaders.linesOfCustomer.load(id),
};
