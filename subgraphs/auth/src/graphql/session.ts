import type { SessionResolvers } from './generated/resolver-types.ts';

export const Session: SessionResolvers = {
  isCurrent: ({ id }, _args, { viewer }) => id === viewer?.sessionId,
};
