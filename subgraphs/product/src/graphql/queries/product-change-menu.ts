import type { QueryResolvers } from '../generated/resolver-types.ts';

export const productChangeMenu: NonNullable<QueryResolvers['productChangeMenu']> = async (_root, _args, context) => {
  const { caller, product } = context;
  if (caller.customerId === null) return { customer: null, lines: [] };
  const { value } = await product.ownCustomer(caller.customerId);
  return { customer: { id: caller.customerId }, lines: value.lines.map(({ lineId }) => ({ id: lineId })) };
};
