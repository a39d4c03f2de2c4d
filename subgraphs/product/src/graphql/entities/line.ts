import { toConnection, toCursor } from '@supergraph/platform/pagination';

import { positionOf } from '../../domain/offering-order.ts';
import { encodePosition } from '../../domain/order-position.ts';
import type { LineResolvers } from '../generated/resolver-types.ts';
import { money } from '../money.ts';
import { fromTmForum } from '../order-states.ts';

/** A line that is not the caller's has nothing to show. */
export const Line: LineResolvers = {
  __resolveReference: async ({ id }, { loaders }) => ((await loaders.line.load(id)) === null ? null : { id }),

  currentProduct: async ({ id }, _args, { loaders }) => {
    const line = await loaders.line.load(id);
    const known = line && (await loaders.currentProduct.load(line));
    return known && { lineId: id, version: line.productVersion, known };
  },

  changeableProductOfferings: async ({ id }, { first, after }, { loaders, product }) => {
    const line = await loaders.line.load(id);
    const found = line && (await product.listChangeableOfferings(line, { first, after: after ?? null }));
    if (found === null) return null;
    const { currentFeeWon, today, freshness, ...page } = found;
    const connection = toConnection({
      ...page,
      edge: (offering) => ({
        cursor: toCursor(positionOf(offering, today)),
        node: { offering, today, freshness },
        monthlyFeeDifference: currentFeeWon === null ? null : money(offering.monthlyFeeWon - currentFeeWon),
      }),
    });
    return { ...connection, freshness };
  },

  productOrders: async ({ id }, { first, after, state, from, to }, { loaders, product }) => {
    const line = await loaders.line.load(id);
    if (line === null) return null;
    const page = await product.listOrders(line, {
      first,
      after: after ?? null,
      state: state ? fromTmForum(state) : null,
      from: from ?? null,
      to: to ?? null,
    });
    return toConnection({
      ...page,
      edge: (node) => ({ cursor: toCursor(encodePosition({ at: node.requestedAt, id: node.id })), node }),
    });
  },
};
