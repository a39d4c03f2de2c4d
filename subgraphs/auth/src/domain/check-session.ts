import type { Clock } from '@supergraph/platform/time';

import type { Sessions } from './ports.ts';
import { isLive, seenAt, sessionRules } from './session.ts';

/** What the gateway is told of a session. */
export interface SessionStanding {
  readonly state: 'ACTIVE' | 'ENDED';
  readonly userId: string | null;
  /** Ids of the lines of the customer behind it; of no use once it has ended, so none is told then. */
  readonly lineIds: readonly string[];
}

/** Makes the use case behind every request of a signed-in person: is the session good, and note that it is in use. */
export function createCheckSession(parts: {
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** The database reads and cannot write: the session is good all the same. */
  readonly unnoted: (error: unknown) => void;
}) {
  const { sessions, clock, unnoted } = parts;
  return async (sessionId: string): Promise<SessionStanding> => {
    const found = await sessions.find(sessionId);
    if (found === null) return { state: 'ENDED', userId: null, lineIds: [] };
    const { session, account, lineIds } = found;
    const now = clock.now();
    if (!isLive(session, now) || account.status !== 'ACTIVE')
      return { state: 'ENDED', userId: account.id, lineIds: [] };
    const sinceNotedMs = now.getTime() - session.lastSeenAt.getTime();
    if (sinceNotedMs >= sessionRules.notedEveryMs) await sessions.note(seenAt(session, now)).catch(unnoted);
    return { state: 'ACTIVE', userId: account.id, lineIds };
  };
}
