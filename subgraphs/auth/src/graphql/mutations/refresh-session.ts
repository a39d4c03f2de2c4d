import type { MutationResolvers } from '../generated/resolver-types.ts';

export const refreshSession: NonNullable<MutationResolvers['refreshSession']> = async (
  _parent,
  { input },
  context,
) => ({
  __typename: 'SessionRefreshed',
  tokens: await context.refreshSession(input.refreshToken, context.client),
});
