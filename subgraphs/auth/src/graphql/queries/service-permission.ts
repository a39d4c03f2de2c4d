import { callerOf } from '../context.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';

export const servicePermission: NonNullable<QueryResolvers['servicePermission']> = async (
  _parent,
  { service },
  context,
) => {
  const verdict = await context.checkPermission(callerOf(context), { service, client: context.client });
  return { service, verdict };
};
