import { lineIdOfProduct, productIdOf } from '../../domain/product.ts';
import type { ProductResolvers } from '../generated/resolver-types.ts';

export const Product: ProductResolvers = {
  __resolveReference: async ({ id }, { loaders }) => {
    const lineId = lineIdOfProduct(id);
    const line = lineId === null ? null : await loaders.line.load(lineId);
    const known = line && (await loaders.currentProduct.load(line));
    return known && { lineId: line.lineId, version: line.productVersion, known };
  },

  id: ({ lineId }) => productIdOf(lineId),
  line: ({ lineId }) => ({ id: lineId }),
  status: ({ known }) => known.value.status,
  productOffering: ({ known }, _args, { loaders }) => loaders.offering.load(known.value.productCode),
  productCode: ({ known }) => known.value.productCode,
  startDate: ({ known }) => known.value.activatedOn,
  contract: ({ known }) => known.value.contract,
  scheduledChange: ({ known }) => known.value.scheduledChange,
  freshness: ({ known }) => known.freshness,
};
