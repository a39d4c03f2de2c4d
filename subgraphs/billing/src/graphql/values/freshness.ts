import type { FreshnessResolvers } from '../generated/resolver-types.ts';

export const Freshness: FreshnessResolvers = {
  stale: ({ isStale }) => isStale,
};
