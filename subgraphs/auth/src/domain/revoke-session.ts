import type { Clock } from '@supergraph/platform/time';

import type { Caller, Client } from './account.ts';
import { isId } from './id.ts';
import type { Sessions } from './ports.ts';

/** Makes the use case of ending one of the caller's own sessions; false when the caller has no such live session. */
export function createRevokeSession({ sessions, clock }: { readonly sessions: Sessions; readonly clock: Clock }) {
  return async (caller: Caller, wish: { readonly sessionId: string; readonly client: Client }): Promise<boolean> => {
    if (!isId(wish.sessionId)) return false;
    const ended = await sessions.end({
      accountId: caller.userId,
      only: wish.sessionId,
      reason: 'REVOKED',
      client: wish.client,
      at: clock.now(),
    });
    return ended.length > 0;
  };
}
