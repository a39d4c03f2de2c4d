import type { QueryResolvers } from '../generated/resolver-types.ts';

export const billInquiry: NonNullable<QueryResolvers['billInquiry']> = (_root, { id }, { loaders }) =>
  loaders.inquiry.load(id);
