import { become } from '../context.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const login: NonNullable<MutationResolvers['login']> = async (_parent, { input }, context) => {
  const { loginId, password, autoLogin: isAutoLogin = false } = input;
  const { client, deadline } = context;
  const { account, claims, tokens } = await context.login({ loginId, password, isAutoLogin, client, deadline });
  become(context, claims);
  return { __typename: 'LoginSucceeded', tokens, user: account };
};
