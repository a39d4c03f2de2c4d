import { effectiveDateOf, pollAfterMs, settledAtOf } from '../../domain/product-order.ts';
import { orderText } from '../../domain/texts.ts';
import type { ProductOrderResolvers } from '../generated/resolver-types.ts';
import { toTmForum } from '../order-states.ts';

export const ProductOrder: ProductOrderResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.order.load(id),

  state: ({ state }) => toTmForum(state.kind),
  pollAfterMs: (order) => pollAfterMs(order),
  line: async ({ lineId }, _args, { loaders }) => ((await loaders.line.load(lineId)) === null ? null : { id: lineId }),
  productOfferingBefore: ({ productCodeBefore }, _args, { loaders }) => loaders.offering.load(productCodeBefore),
  productOfferingAfter: ({ productCodeAfter }, _args, { loaders }) => loaders.offering.load(productCodeAfter),
  creationDate: ({ requestedAt }) => requestedAt,
  effectiveDate: (order) => effectiveDateOf(order),
  completionDate: (order) => settledAtOf(order),
  message: ({ state }, _args, { locale }) => orderText(state, locale),
  refusalReason: ({ state }) => (state.kind === 'REJECTED' ? state.reason : null),
  kosCalls: ({ id }, _args, { loaders }) => loaders.kosCalls.load(id).then((calls) => [...calls]),
};
