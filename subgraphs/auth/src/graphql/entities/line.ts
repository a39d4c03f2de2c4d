import type { LineResolvers } from '../generated/resolver-types.ts';

export const Line: LineResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.lines.load(id),
};
