import type { QueryResolvers } from '../generated/resolver-types.ts';

export const productOffering: NonNullable<QueryResolvers['productOffering']> = (_parent, { id }, { loaders }) =>
  loaders.offering.load(id);
