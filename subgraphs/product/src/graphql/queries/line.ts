import type { QueryResolvers } from '../generated/resolver-types.ts';

/** Asked here for plans, so that they need neither a second fetch nor auth. */
export const line: NonNullable<QueryResolvers['line']> = async (_parent, { id }, { loaders }) =>
  (await loaders.line.load(id)) === null ? null : { id };
