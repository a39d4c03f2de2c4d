import { errorText } from '@supergraph/platform/errors';

import { callerOf } from '../context.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const revokeSession: NonNullable<MutationResolvers['revokeSession']> = async (_parent, { input }, context) => {
  const { sessionId } = input;
  const { client, locale } = context;
  const isRevoked = await context.revokeSession(callerOf(context), { sessionId, client });
  if (isRevoked) return { __typename: 'SessionRevoked', sessionId };
  const code = 'SESSION_NOT_FOUND';
  return { __typename: 'SessionNotFound', code, message: errorText(code, locale) };
};
