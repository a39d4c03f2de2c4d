import type { Account } from './account.ts';
import { codesInForce } from './permission.ts';
import type { AccessClaims, AccessTokens, Accounts, RefreshTokens } from './ports.ts';
import type { Session } from './session.ts';
import type { SessionTokens } from './session-tokens.ts';

export interface Issue {
  readonly claims: AccessClaims;
  readonly tokens: SessionTokens;
}

/** Makes the tokens of a session: an access token with the permissions in force, and a new refresh token. */
export function createIssueTokens(parts: {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}) {
  return async ({ id: userId, customerId, role }: Account, session: Session, now: Date): Promise<Issue> => {
    const scopes = codesInForce(await parts.accounts.rightsOf(userId), now);
    const claims = { userId, customerId, role, scopes, sessionId: session.id };
    const access = parts.accessTokens.sign(claims, now);
    return {
      claims,
      tokens: {
        accessToken: access.token,
        accessTokenExpiresAt: access.expiresAt,
        refreshToken: parts.refreshTokens.create(),
        refreshTokenExpiresAt: session.expiresAt,
      },
    };
  };
}

export type IssueTokens = ReturnType<typeof createIssueTokens>;
