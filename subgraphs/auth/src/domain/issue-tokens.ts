import type { Account } from './account.ts';
import { codesInForce } from './permission.ts';
import type { AccessTokens, Accounts, RefreshTokens } from './ports.ts';
import type { Session } from './session.ts';
import type { SessionTokens } from './session-tokens.ts';

/** Makes the tokens of a session: an access token with the permissions in force, and a new refresh token. */
export function createIssueTokens(parts: {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}) {
  return async (account: Account, session: Session, now: Date): Promise<SessionTokens> => {
    const scopes = codesInForce(await parts.accounts.rightsOf(account.id), now);
    const { customerId, role } = account;
    const access = parts.accessTokens.sign(
      { userId: account.id, customerId, role, scopes, sessionId: session.id },
      now,
    );
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken: parts.refreshTokens.create(),
      refreshTokenExpiresAt: session.expiresAt,
    };
  };
}

export type IssueTokens = ReturnType<typeof createIssueTokens>;
