import { errorText } from '@supergraph/platform/errors';

import { callerOf } from '../context.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';

export const createStepUp: NonNullable<MutationResolvers['createStepUp']> = async (_parent, { input }, context) => {
  const { client, deadline, locale } = context;
  const stepUp = await context.confirmPassword(callerOf(context), { ...input, client, deadline });
  if (stepUp !== null) return { __typename: 'StepUp', ...stepUp };
  const code = 'PASSWORD_INCORRECT';
  return { __typename: 'PasswordIncorrect', code, message: errorText(code, locale) };
};
