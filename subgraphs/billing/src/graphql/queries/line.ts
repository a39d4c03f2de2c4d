import type { QueryResolvers } from '../generated/resolver-types.ts';

/** Asked here for bills, so that they need neither a second fetch nor auth. */
export const line: NonNullable<QueryResolvers['line']> = (_parent, { id }, { loaders }) => loaders.line.load(id);
