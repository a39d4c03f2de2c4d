import { CodedError } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';
import { LRUCache } from 'lru-cache';

/** Whether a session still counts. */
export type SessionState = 'ACTIVE' | 'ENDED';

/** How long an answer of auth is relied on; the longest a token outlives its session. */
const reliedOnMs = 5 * SECOND_MS;
/** How long a session once found active may go on reading while auth cannot be asked. */
const readsWithoutAuthMs = 5 * MINUTE_MS;
/** How long auth is not asked again about a session after it failed to answer. */
const failurePauseMs = SECOND_MS;
const rememberedSessions = 20_000;

interface Known {
  readonly state: SessionState;
  readonly checkedAtMs: number;
}

/** Lets a viewer pass whose session still counts. Throws SESSION_REVOKED or AUTH_STATE_UNAVAILABLE. */
export type SessionGate = (viewer: Viewer, request: { readonly isMutation: boolean }) => Promise<void>;

/** Makes the gate: auth is asked about a session at most every five seconds, and once at a time. */
export function createSessionGate(options: {
  readonly ask: (viewer: Viewer) => Promise<SessionState>;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): SessionGate {
  const known = new LRUCache<string, Known>({ max: rememberedSessions });
  const failures = new LRUCache<string, number>({ max: rememberedSessions });
  const asking = new Map<string, Promise<SessionState | null>>();

  const nowMs = () => options.clock.now().getTime();

  async function askOnce(viewer: Viewer): Promise<SessionState | null> {
    const { sessionId } = viewer;
    try {
      const state = await options.ask(viewer);
      known.set(sessionId, { state, checkedAtMs: nowMs() });
      failures.delete(sessionId);
      return state;
    } catch (error) {
      failures.set(sessionId, nowMs());
      options.failed(error);
      return null;
    } finally {
      asking.delete(sessionId);
    }
  }

  async function stateOf(viewer: Viewer): Promise<SessionState | null> {
    const { sessionId } = viewer;
    const earlier = known.get(sessionId);
    if (earlier !== undefined && nowMs() - earlier.checkedAtMs < reliedOnMs) return earlier.state;
    const underWay = asking.get(sessionId);
    if (underWay !== undefined) return await underWay;
    if (nowMs() - (failures.get(sessionId) ?? Number.NEGATIVE_INFINITY) < failurePauseMs) return null;
    const asked = askOnce(viewer);
    asking.set(sessionId, asked);
    return await asked;
  }

  /** While auth cannot be asked: a session ended once stays ended, one found active lately may read. */
  function lastState(sessionId: string, isMutation: boolean): SessionState | null {
    const earlier = known.get(sessionId);
    if (earlier === undefined || earlier.state === 'ENDED') return earlier?.state ?? null;
    return !isMutation && nowMs() - earlier.checkedAtMs < readsWithoutAuthMs ? 'ACTIVE' : null;
  }

  return async (viewer, { isMutation }) => {
    const state = (await stateOf(viewer)) ?? lastState(viewer.sessionId, isMutation);
    switch (state) {
      case 'ACTIVE':
        return;
      case 'ENDED':
        throw new CodedError('SESSION_REVOKED');
      case null:
        throw new CodedError('AUTH_STATE_UNAVAILABLE', { retryAfterMs: failurePauseMs });
    }
  };
}
