import type { QueryResolvers } from '../generated/resolver-types.ts';

export const line: NonNullable<QueryResolvers['line']> = (_parent, { id }, { loaders }) => loaders.lines.load(id);
