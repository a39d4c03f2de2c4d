import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { Client } from './account.ts';
import type { IssueTokens } from './issue-tokens.ts';
import type { Exchange, KnownRefreshToken, RefreshTokens, Sessions } from './ports.ts';
import { isLive, seenAt } from './session.ts';
import type { SessionTokens } from './session-tokens.ts';

/** How long a client that missed the answer, or asked twice at once, gets the same answer again. */
const graceMs = 10 * SECOND_MS;

/**
 * Makes the use case of renewing a session. Each token works once; its successor belongs to the same family, the session.
 * A spent token that comes back may be stolen, and nobody can tell from whom, so it ends the family.
 */
export function createRefreshSession(parts: {
  readonly sessions: Sessions;
  readonly refreshTokens: RefreshTokens;
  readonly issueTokens: IssueTokens;
  readonly clock: Clock;
}) {
  const { sessions, refreshTokens } = parts;

  async function find(refreshToken: string): Promise<KnownRefreshToken> {
    const known = await sessions.findByRefreshToken(refreshTokens.hash(refreshToken));
    if (known === null) throw new CodedError('REFRESH_TOKEN_INVALID');
    return known;
  }

  function assertUsable({ session, account }: KnownRefreshToken, now: Date): void {
    if (!isLive(session, now) || account.status !== 'ACTIVE') throw new CodedError('REFRESH_TOKEN_INVALID');
  }

  async function exchange(known: KnownRefreshToken, by: Exchange, now: Date): Promise<SessionTokens | null> {
    const { tokens } = await parts.issueTokens(known.account, known.session, now);
    const isFirst = await sessions.rotate({
      spentHash: refreshTokens.hash(by.refreshToken),
      successorHash: refreshTokens.hash(tokens.refreshToken),
      sealedAnswer: refreshTokens.sealAnswer(tokens, by),
      sighting: seenAt(known.session, now),
      client: by.client,
    });
    return isFirst ? tokens : null;
  }

  async function repeat(
    { session, account, spent }: KnownRefreshToken,
    by: Exchange,
    now: Date,
  ): Promise<SessionTokens> {
    if (spent === null) throw new CodedError('REFRESH_TOKEN_INVALID');
    const isInGrace = now.getTime() - spent.at.getTime() < graceMs;
    const answer = isInGrace ? refreshTokens.openAnswer(spent.sealedAnswer, by) : null;
    if (answer !== null) {
      assertUsable({ session, account, spent }, now);
      return answer;
    }
    const ending = { accountId: session.accountId, only: session.id, client: by.client, at: now };
    await sessions.end({ ...ending, reason: 'TOKEN_REUSED' });
    throw new CodedError('REFRESH_TOKEN_REUSED');
  }

  /** Throws REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED. */
  return async (refreshToken: string, client: Client): Promise<SessionTokens> => {
    const by = { refreshToken, client };
    const now = parts.clock.now();
    const known = await find(refreshToken);
    if (known.spent !== null) return await repeat(known, by, now);
    assertUsable(known, now);
    return (await exchange(known, by, now)) ?? (await repeat(await find(refreshToken), by, now));
  };
}
