import { CodedError } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import type { RequestContext } from '@supergraph/platform/server';

import type { Caller } from '../domain/account.ts';
import type { createCheckPermission } from '../domain/check-permission.ts';
import type { createConfirmPassword } from '../domain/confirm-password.ts';
import type { Lockout } from '../domain/lockout.ts';
import type { createLogin } from '../domain/login.ts';
import type { createLogout } from '../domain/logout.ts';
import type { createRefreshSession } from '../domain/refresh-session.ts';
import type { createRevokeSession } from '../domain/revoke-session.ts';
import type { Loaders } from './loaders.ts';

/** What the graph can ask of the domain. */
export interface AuthUseCases {
  readonly login: ReturnType<typeof createLogin>;
  readonly refreshSession: ReturnType<typeof createRefreshSession>;
  readonly logout: ReturnType<typeof createLogout>;
  readonly revokeSession: ReturnType<typeof createRevokeSession>;
  readonly confirmPassword: ReturnType<typeof createConfirmPassword>;
  readonly checkPermission: ReturnType<typeof createCheckPermission>;
  readonly isLocked: Lockout['isLocked'];
}

export interface AuthContext extends RequestContext, AuthUseCases {
  /** Who sent the request, whoever signs in by it. */
  readonly caller: Viewer | null;
  viewer: Viewer | null;
  loaders: Loaders;
  readonly loadersOf: (viewer: Viewer | null) => Loaders;
}

/** Makes whoever has just signed in the viewer of what is shown; what else is done is done for the caller. */
export function become(context: AuthContext, viewer: Viewer): void {
  context.viewer = viewer;
  context.loaders = context.loadersOf(viewer);
}

/** The person asking; the SDL's `@authenticated` has seen to it that there is one. */
export function callerOf({ caller }: AuthContext): Caller {
  if (caller === null) throw new CodedError('UNAUTHENTICATED');
  return caller;
}
