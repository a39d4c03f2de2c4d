import { CodedError } from '@supergraph/platform/errors';
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
  /** Whether everything it asks for is open to anybody: then a header that is no good is none. */
  readonly needsNobody: boolean;
}

/** Who is asking, with a session that counts. */
export interface Caller {
  readonly viewer: Viewer;
  /** Ids of the viewer's own lines; null while they are not known. */
  readonly lineIds: readonly string[] | null;
}

/**
 * Makes the answer to who is asking: null without an Authorization header. A header that is there must be good, unless
 * nobody is needed: whoever logs in or renews a session often still sends the token that has just ended. Throws
 * INVALID_TOKEN (one answer for every forgery), TOKEN_EXPIRED, SESSION_REVOKED, or AUTH_STATE_UNAVAILABLE.
 */
export function createAuthenticator(by: {
  readonly keys: KeySet;
  readonly sessionGate: SessionGate;
  readonly clock: Clock;
}) {
  const verify = createAccessTokenVerifier({ findKey: (keyId) => by.keys.find(keyId), clock: by.clock });

  async function callerOf({ rawHeaders, isMutation }: Credentials): Promise<Caller | null> {
    const token = bearerTokenOf(rawHeaders);
    if (token === null) return null;
    const viewer = await verify(token);
    return { viewer, ...(await by.sessionGate(viewer, { isMutation })) };
  }

  return async (credentials: Credentials): Promise<Caller | null> => {
    try {
      return await callerOf(credentials);
    } catch (error) {
      if (credentials.needsNobody && error instanceof CodedError) return null;
      throw error;
    }
  };
}
