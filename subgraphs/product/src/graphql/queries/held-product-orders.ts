import { toConnection, toCursor } from '@supergraph/platform/pagination';

import { encodePosition } from '../../domain/order-position.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const heldProductOrders: NonNullable<QueryResolvers['heldProductOrders']> = async (
  _parent,
  { first, after },
  { product, caller: { userId }, requestId },
) => {
  const page = await product.listHeldOrders({ first, after: after ?? null }, { userId, requestId });
  return toConnection({
    ...page,
    edge: (node) => ({ cursor: toCursor(encodePosition({ at: node.state.handedOverAt, id: node.id })), node }),
  });
};
