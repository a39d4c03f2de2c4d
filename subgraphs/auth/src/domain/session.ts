import { HOUR_MS, MINUTE_MS } from '@supergraph/platform/time';

export const sessionRules = {
  /** A session without auto-login ends when nobody used it for so long. */
  idleMs: 30 * MINUTE_MS,
  /** Every session ends so long after its login. */
  longestMs: 24 * HOUR_MS,
  /** Use is noted no more often than this, so a session may end that much before a full idle time. */
  notedEveryMs: MINUTE_MS,
  /** One login more, and the oldest session ends. */
  mostPerAccount: 5,
} as const;

export interface Session {
  readonly id: string;
  readonly accountId: string;
  /** The device it was opened from; null once that is not known any more. */
  readonly deviceId: string | null;
  readonly isAutoLogin: boolean;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** When it ends unless it is used before. */
  readonly liveUntil: Date;
  /** When it ends whatever happens. */
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

/** Why a session ended before its time. */
export type SessionEnd = 'LOGOUT' | 'REVOKED' | 'EVICTED' | 'TOKEN_REUSED';

/** What a use of a session changes in it. */
export interface Sighting {
  readonly sessionId: string;
  readonly lastSeenAt: Date;
  readonly liveUntil: Date;
}

const after = (moment: Date, ms: number) => new Date(moment.getTime() + ms);

function liveUntil(session: Pick<Session, 'isAutoLogin' | 'expiresAt'>, lastSeenAt: Date): Date {
  const idleEnd = after(lastSeenAt, sessionRules.idleMs);
  return session.isAutoLogin || idleEnd > session.expiresAt ? session.expiresAt : idleEnd;
}

export function newSession(
  given: Pick<Session, 'id' | 'accountId' | 'deviceId' | 'isAutoLogin' | 'userAgent'>,
  createdAt: Date,
): Session {
  const expiresAt = after(createdAt, sessionRules.longestMs);
  return {
    ...given,
    createdAt,
    lastSeenAt: createdAt,
    liveUntil: liveUntil({ isAutoLogin: given.isAutoLogin, expiresAt }, createdAt),
    expiresAt,
    endedAt: null,
  };
}

export const isLive = (session: Session, now: Date): boolean => session.endedAt === null && session.liveUntil > now;

export const seenAt = (session: Session, now: Date): Sighting => ({
  sessionId: session.id,
  lastSeenAt: now,
  liveUntil: liveUntil(session, now),
});
