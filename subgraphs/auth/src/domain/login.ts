import { CodedError } from '@supergraph/platform/errors';
import type { Clock } from '@supergraph/platform/time';

import type { Account, Client } from './account.ts';
import type { Issue, IssueTokens } from './issue-tokens.ts';
import type { Lockout } from './lockout.ts';
import { readLoginId, readPassword } from './login-input.ts';
import type { Accounts, Bulkhead, LoginAttempt, Passwords, RefreshTokens, Sessions } from './ports.ts';
import { newSession, sessionRules } from './session.ts';

export interface LoginWish {
  readonly loginId: string;
  readonly password: string;
  readonly isAutoLogin: boolean;
  readonly client: Client;
  /** When whoever asks stops waiting. */
  readonly deadline: Date | null;
}

/** Makes the use case of signing in (UFR-AUTH-010). */
export function createLogin(parts: {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly bulkhead: Bulkhead;
  readonly refreshTokens: RefreshTokens;
  readonly issueTokens: IssueTokens;
  readonly clock: Clock;
  readonly newId: () => string;
}) {
  const { accounts, passwords, newId } = parts;

  type Found = Awaited<ReturnType<Accounts['findByLoginId']>>;

  /** One path for every id: an unknown one, a wrong password and a closed account take the same steps. */
  async function check(found: Found, password: string): Promise<Account> {
    const { isRight, isOutdated } = await passwords.check(password, found?.passwordHash ?? null);
    if (found === null || !isRight || found.account.status !== 'ACTIVE') throw new CodedError('INVALID_CREDENTIALS');
    if (isOutdated) {
      const to = await passwords.hash(password);
      await accounts.replacePasswordHash({ accountId: found.account.id, from: found.passwordHash, to });
    }
    return found.account;
  }

  async function open(account: Account, attempt: LoginAttempt, isAutoLogin: boolean): Promise<Issue> {
    const now = parts.clock.now();
    const { userAgent } = attempt.client;
    const session = newSession({ id: newId(), accountId: account.id, isAutoLogin, userAgent }, now);
    const issue = await parts.issueTokens(account, session, now);
    await parts.sessions.open({
      session,
      attempt,
      refreshTokenHash: parts.refreshTokens.hash(issue.tokens.refreshToken),
      mostBeside: sessionRules.mostPerAccount - 1,
    });
    return issue;
  }

  /** Throws INVALID_CREDENTIALS, LOGIN_BLOCKED, BAD_USER_INPUT, OVERLOADED. */
  return async (wish: LoginWish): Promise<Issue & { readonly account: Account }> => {
    const loginId = readLoginId(wish.loginId);
    const password = readPassword(wish.password);
    const found = await accounts.findByLoginId(loginId);
    // Counted only once its turn has come: whoever is turned away for want of room has not guessed.
    const { account, attempt } = await parts.bulkhead.run(async () => {
      const { client } = wish;
      const attempt = { id: newId(), loginId, account: found?.account ?? null, client, at: parts.clock.now() };
      await parts.lockout.admit(attempt);
      return { account: await check(found, password), attempt };
    }, wish.deadline);
    return { account, ...(await open(account, attempt, wish.isAutoLogin)) };
  };
}
