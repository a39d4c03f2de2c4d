import { CodedError } from '@supergraph/platform/errors';

import { callerOf } from '../context.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const me: NonNullable<QueryResolvers['me']> = async (_parent, _args, context) => {
  const account = await context.loaders.accounts.load(callerOf(context).userId);
  // An account can be gone while a token of it still lives.
  if (account === null) throw new CodedError('SESSION_REVOKED');
  return account;
};
