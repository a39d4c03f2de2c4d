import { isSellable } from '../../domain/product-offering.ts';
import type { ProductOfferingResolvers } from '../generated/resolver-types.ts';
import { money } from '../money.ts';

export const ProductOffering: ProductOfferingResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.offering.load(id),

  id: ({ offering }) => offering.code,
  name: ({ offering }) => offering.name,
  description: ({ offering }) => offering.description,
  operatorCode: ({ offering }) => offering.operatorCode,
  networkType: ({ offering }) => offering.networkType,
  isSellable: ({ offering, today }) => isSellable(offering, today),
  monthlyFee: ({ offering }) => money(offering.monthlyFeeWon),
  allowances: ({ offering }) =>
    offering.allowances.map(({ type, unit, amount }) => ({
      type,
      unit,
      amount: amount === null ? null : String(amount),
    })),
};
