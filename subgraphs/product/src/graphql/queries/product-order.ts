import type { QueryResolvers } from '../generated/resolver-types.ts';

export const productOrder: NonNullable<QueryResolvers['productOrder']> = (_parent, { id }, { loaders }) =>
  loaders.order.load(id);
