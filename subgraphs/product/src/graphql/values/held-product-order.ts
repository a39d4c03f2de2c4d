import { looksIn } from '../../domain/kos-call.ts';
import type { HeldProductOrderResolvers } from '../generated/resolver-types.ts';

export const HeldProductOrder: HeldProductOrderResolvers = {
  productOrder: (order) => order,
  sentAt: ({ state }) => state.sentAt,
  heldAt: ({ state }) => state.handedOverAt,
  lookCount: async ({ id }, _args, { loaders }) => looksIn(await loaders.kosCalls.load(id)),
};
