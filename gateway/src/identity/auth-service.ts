import { internalTokenHeader, type Viewer } from '@supergraph/platform/identity';
import { z } from 'zod';

import type { Connection, RawAnswer } from '../subgraphs/connection.ts';
import { within } from '../subgraphs/within.ts';
import type { SessionStanding } from './session-gate.ts';

/** The name of the subgraph that issues access tokens. */
export const authSubgraph = 'auth';

/** The desk answers in a second; the rest is for auth to start again. */
const timeoutMs = 3_500;
const sessionCheckSchema = z.object({
  state: z.enum(['ACTIVE', 'ENDED']),
  // The gateway may be newer than auth.
  lineIds: z.array(z.string()).nullable().default(null),
});

/** What the gateway asks of auth outside the graph. */
export interface AuthService {
  /** The JWK set of access tokens, unchecked. */
  readonly fetchKeys: () => Promise<unknown>;
  readonly askSession: (viewer: Viewer) => Promise<SessionStanding>;
}

function bodyOf({ status, body }: RawAnswer): unknown {
  if (status !== 200) throw new Error(`auth answered with status ${status}`);
  return JSON.parse(body);
}

/** Makes the two questions to auth; each is answered or rejects while whoever waits for it still can. */
export function createAuthService(by: {
  readonly connection: Pick<Connection, 'exchange'>;
  readonly signInternalToken: (viewer: Viewer | null, subgraph: string) => string;
}): AuthService {
  return {
    fetchKeys: () =>
      within({ timeoutMs }, async (signal) =>
        bodyOf(await by.connection.exchange({ method: 'GET', path: '/.well-known/jwks.json', signal })),
      ),
    askSession: async (viewer) => {
      const answer = await within({ timeoutMs }, (signal) =>
        by.connection.exchange({
          method: 'POST',
          path: '/internal/session-check',
          headers: {
            'content-type': 'application/json',
            [internalTokenHeader]: by.signInternalToken(viewer, authSubgraph),
          },
          body: JSON.stringify({ sessionId: viewer.sessionId }),
          signal,
        }),
      );
      return sessionCheckSchema.parse(bodyOf(answer));
    },
  };
}
