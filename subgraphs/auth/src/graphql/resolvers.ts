import { Customer } from './entities/customer.ts';
import { Line } from './entities/line.ts';
import { User } from './entities/user.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { createStepUp } from './mutations/create-step-up.ts';
import { login } from './mutations/login.ts';
import { logout } from './mutations/logout.ts';
import { refreshSession } from './mutations/refresh-session.ts';
import { revokeSession } from './mutations/revoke-session.ts';
import { Permission } from './permission.ts';
import { line } from './queries/line.ts';
import { me } from './queries/me.ts';
import { servicePermission } from './queries/service-permission.ts';
import { Session } from './session.ts';

export const resolvers: Resolvers = {
  Query: { me, line, servicePermission },
  Mutation: { login, refreshSession, logout, revokeSession, createStepUp },
  User,
  Customer,
  Line,
  Permission,
  Session,
};
