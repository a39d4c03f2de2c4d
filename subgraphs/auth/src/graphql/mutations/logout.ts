import { callerOf } from '../context.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const logout: NonNullable<MutationResolvers['logout']> = async (_parent, { input }, context) => {
  const wish = { isEverywhere: input.allSessions ?? false, client: context.client };
  return { __typename: 'LoggedOut', endedSessionCount: await context.logout(callerOf(context), wish) };
};
