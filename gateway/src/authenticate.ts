import { createAccessTokenVerifier, type Viewer } from '@supergraph/platform/identity';
import type { Clock } from '@supergraph/platform/time';

import { bearerTokenOf } from './identity/bearer-token.ts';
import type { KeySet } from './identity/key-set.ts';
import type { SessionGate } from './identity/session-gate.ts';

/** A request as far as it says who is asking. */
export interface Credentials {
  /** Header names and values in turn, as they arrived. */
  readonly rawHeaders: readonly string[];
  readonly isMutation: boolean;
}

/**
 * Makes the answer to who is asking: null without an Authorization header. A header that is there must be good, also for
 * `login` and `refreshSession`. Throws INVALID_TOKEN (one answer for every forgery), TOKEN_EXPIRED, SESSION_REVOKED, or
 * AUTH_STATE_UNAVAILABLE when auth cannot be asked.
 */
export function createAuthenticator(by: {
  readonly keys: KeySet;
  readonly sessionGate: SessionGate;
  readonly clock: Clock;
}) {
  const verify = createAccessTokenVerifier({ findKey: (keyId) => by.keys.find(keyId), clock: by.clock });
  return async ({ rawHeaders, isMutation }: Credentials): Promise<Viewer | null> => {
    const token = bearerTokenOf(rawHeaders);
    if (token === null) return null;
    const viewer = await verify(token);
    await by.sessionGate(viewer, { isMutation });
    return viewer;
  };
}
