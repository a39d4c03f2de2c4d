import { become } from '../context.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const login: NonNullable<MutationResolvers['login']> = async (_parent, { input }, context) => {
  const { loginId, password, autoLogin: isAutoLogin = false } = input;
  const { client, deadline } = context;
  const wish = { loginId, password, deviceToken: input.deviceToken ?? null, isAutoLogin, client, deadline };
  const { account, claims, tokens, deviceToken } = await context.login(wish);
  become(context, claims);
  return { __typename: 'LoginSucceeded', tokens, deviceToken, user: account };
};
