import type { Clock } from '@supergraph/platform/time';

import type { Sessions } from './ports.ts';
import { isLive, seenAt, sessionRules } from './session.ts';

export type SessionState = 'ACTIVE' | 'ENDED';

/** Makes the use case behind every request of a signed-in person: is the session good, and note that it is in use. */
export function createCheckSession(parts: {
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** The database reads and cannot write: the session is good all the same. */
  readonly unnoted: (error: unknown) => void;
}) {
  const { sessions, clock, unnoted } = parts;
  return async (sessionId: string): Promise<{ readonly state: SessionState; readonly userId: string | null }> => {
    const found = await sessions.find(sessionId);
    if (found === null) return { state: 'ENDED', userId: null };
    const { session, account } = found;
    const now = clock.now();
    if (!isLive(session, now) || account.status !== 'ACTIVE') return { state: 'ENDED', userId: account.id };
    const sinceNotedMs = now.getTime() - session.lastSeenAt.getTime();
    if (sinceNotedMs >= sessionRules.notedEveryMs) await sessions.note(seenAt(session, now)).catch(unnoted);
    return { state: 'ACTIVE', userId: account.id };
  };
}
