import type { UserResolvers } from '../generated/resolver-types.ts';

export const User: UserResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.accounts.load(id),
  status: async ({ status, loginId }, _args, { isLocked }) =>
    status === 'ACTIVE' && (await isLocked(loginId)) ? 'LOCKED' : status,
  permissions: ({ id }, _args, { loaders }) => loaders.permissions.load(id),
  customer: ({ customerId }) => (customerId === null ? null : { id: customerId }),
  sessions: ({ id }, _args, { loaders }) => loaders.sessions.load(id),
};
