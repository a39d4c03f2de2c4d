import { toConnection, toCursor } from '@supergraph/platform/pagination';

import { positionOf } from '../../domain/offering-order.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const productOfferings: NonNullable<QueryResolvers['productOfferings']> = async (
  _parent,
  { first, after, isSellable, operatorCode },
  { product },
) => {
  const { today, freshness, ...page } = await product.listOfferings({
    first,
    after: after ?? null,
    isSellable: isSellable ?? null,
    operatorCode: operatorCode ?? null,
  });
  const connection = toConnection({
    ...page,
    edge: (offering) => ({
      cursor: toCursor(positionOf(offering, today)),
      node: { offering, today, freshness },
    }),
  });
  return { ...connection, freshness };
};
