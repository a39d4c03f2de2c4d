import type { Clock } from '@supergraph/platform/time';

import type { Caller, Client } from './account.ts';
import type { Sessions } from './ports.ts';

/** Makes the use case of signing out, of this session or of all; it tells how many sessions ended. */
export function createLogout({ sessions, clock }: { readonly sessions: Sessions; readonly clock: Clock }) {
  return async (caller: Caller, wish: { readonly isEverywhere: boolean; readonly client: Client }): Promise<number> => {
    const ended = await sessions.end({
      accountId: caller.userId,
      only: wish.isEverywhere ? null : caller.sessionId,
      reason: 'LOGOUT',
      client: wish.client,
      at: clock.now(),
    });
    return ended.length;
  };
}
