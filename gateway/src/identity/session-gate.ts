import { CodedError } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';
import { LRUCache } from 'lru-cache';

import { isRecent } from './is-recent.ts';

/** What auth says of a session. */
export interface SessionStanding {
  /** Whether the session still counts. */
  readonly state: 'ACTIVE' | 'ENDED';
  /** Ids of the viewer's lines; null from an auth that does not tell. */
  readonly lineIds: readonly string[] | null;
}

/**
 * How long what auth says is relied on, from when it was asked. A token outlives its session by no more than that, which
 * with the ways to auth and back is to be within five seconds.
 */
const reliedOnMs = 4 * SECOND_MS;
/** How long a session once found active may go on reading while auth cannot be asked. */
const readsWithoutAuthMs = 5 * MINUTE_MS;
/** How long auth is not asked again about a session after it failed to answer. */
const failurePauseMs = SECOND_MS;
const rememberedSessions = 20_000;

interface Known extends SessionStanding {
  readonly askedAtMs: number;
}

/** Lets a viewer pass whose session still counts, and tells the lines. Throws SESSION_REVOKED or AUTH_STATE_UNAVAILABLE. */
export type SessionGate = (
  viewer: Viewer,
  request: { readonly isMutation: boolean },
) => Promise<Pick<SessionStanding, 'lineIds'>>;

/** Makes the gate: auth is asked about a session at most every four seconds, and once at a time. */
export function createSessionGate(options: {
  readonly ask: (viewer: Viewer) => Promise<SessionStanding>;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): SessionGate {
  const known = new LRUCache<string, Known>({ max: rememberedSessions });
  const failures = new LRUCache<string, number>({ max: rememberedSessions });
  const asking = new Map<string, Promise<SessionStanding | null>>();

  const nowMs = () => options.clock.now().getTime();
  const isWithin = (sinceMs: number, ms: number) => isRecent(options.clock, sinceMs, ms);

  async function askOnce(viewer: Viewer): Promise<SessionStanding | null> {
    const { sessionId } = viewer;
    const askedAtMs = nowMs();
    try {
      const standing = await options.ask(viewer);
      known.set(sessionId, { ...standing, askedAtMs });
      failures.delete(sessionId);
      return standing;
    } catch (error) {
      failures.set(sessionId, nowMs());
      options.failed(error);
      return null;
    } finally {
      asking.delete(sessionId);
    }
  }

  async function standingOf(viewer: Viewer): Promise<SessionStanding | null> {
    const { sessionId } = viewer;
    const earlier = known.get(sessionId);
    if (earlier !== undefined && isWithin(earlier.askedAtMs, reliedOnMs)) return earlier;
    const underWay = asking.get(sessionId);
    if (underWay !== undefined) return await underWay;
    if (isWithin(failures.get(sessionId) ?? Number.NEGATIVE_INFINITY, failurePauseMs)) return null;
    const asked = askOnce(viewer);
    asking.set(sessionId, asked);
    return await asked;
  }

  /** While auth cannot be asked: a session ended once stays ended, one found active lately may read. */
  function lastStanding(sessionId: string, isMutation: boolean): SessionStanding | null {
    const earlier = known.get(sessionId);
    if (earlier === undefined || earlier.state === 'ENDED') return earlier ?? null;
    return !isMutation && isWithin(earlier.askedAtMs, readsWithoutAuthMs) ? earlier : null;
  }

  return async (viewer, { isMutation }) => {
    const standing = (await standingOf(viewer)) ?? lastStanding(viewer.sessionId, isMutation);
    if (standing === null) throw new CodedError('AUTH_STATE_UNAVAILABLE', { retryAfterMs: failurePauseMs });
    if (standing.state === 'ENDED') throw new CodedError('SESSION_REVOKED');
    return { lineIds: standing.lineIds };
  };
}
