import { CodedError } from '@supergraph/platform/errors';
import type { Clock } from '@supergraph/platform/time';

import type { Account, Client } from './account.ts';
import type { Issue, IssueTokens } from './issue-tokens.ts';
import { deviceRules, usedAt, type KnownDevice } from './known-device.ts';
import type { Lockout } from './lockout.ts';
import { readLoginId, readPassword } from './login-input.ts';
import type {
  Accounts,
  Bulkhead,
  KnownDevices,
  OpaqueTokens,
  PasswordAttempt,
  Passwords,
  RefreshTokens,
  Sessions,
} from './ports.ts';
import { newSession, sessionRules } from './session.ts';

export interface LoginWish {
  readonly loginId: string;
  readonly password: string;
  /** What the device kept of an earlier login; null when it has nothing. */
  readonly deviceToken: string | null;
  readonly isAutoLogin: boolean;
  readonly client: Client;
  /** When whoever asks stops waiting. */
  readonly deadline: Date | null;
}

export interface Login extends Issue {
  readonly account: Account;
  /** Shows at the next login that the device is known. */
  readonly deviceToken: string;
}

/** Makes the use case of signing in (UFR-AUTH-010). */
export function createLogin(parts: {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly devices: KnownDevices;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly bulkhead: Bulkhead;
  readonly deviceTokens: OpaqueTokens;
  readonly refreshTokens: RefreshTokens;
  readonly issueTokens: IssueTokens;
  readonly clock: Clock;
  readonly newId: () => string;
}) {
  const { accounts, passwords, deviceTokens, newId } = parts;

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

  /** A device is known to one account: another one's token is worth as much as none. */
  async function find({ deviceToken }: LoginWish, loginId: string) {
    const [found, device] = await Promise.all([
      accounts.findByLoginId(loginId),
      deviceToken === null ? null : parts.devices.find(deviceTokens.hash(deviceToken), parts.clock.now()),
    ]);
    return { found, device: device?.accountId === found?.account.id ? device : null };
  }

  /** The token of a known device stays: whoever loses the answer to a login is known all the same. */
  function keep(device: KnownDevice | null, { deviceToken }: LoginWish, accountId: string, now: Date) {
    if (device !== null && deviceToken !== null) return { deviceToken, device: usedAt(device, now) };
    const token = deviceTokens.create();
    const added = { id: newId(), accountId, tokenHash: deviceTokens.hash(token), knownSince: now };
    return { deviceToken: token, device: usedAt(added, now) };
  }

  async function open(account: Account, attempt: PasswordAttempt, opening: { device: KnownDevice; wish: LoginWish }) {
    const { device, wish } = opening;
    const now = parts.clock.now();
    const { isAutoLogin, client } = wish;
    const given = { id: newId(), accountId: account.id, deviceId: device.id, isAutoLogin, userAgent: client.userAgent };
    const session = newSession(given, now);
    const issue = await parts.issueTokens(account, session, now);
    await parts.sessions.open({
      session,
      device,
      attempt,
      refreshTokenHash: parts.refreshTokens.hash(issue.tokens.refreshToken),
      mostBeside: sessionRules.mostPerAccount - 1,
      mostDevices: deviceRules.mostPerAccount,
    });
    return issue;
  }

  /** Throws INVALID_CREDENTIALS, LOGIN_BLOCKED, BAD_USER_INPUT, OVERLOADED. */
  return async (wish: LoginWish): Promise<Login> => {
    const loginId = readLoginId(wish.loginId);
    const password = readPassword(wish.password);
    const { found, device } = await find(wish, loginId);
    // Counted only once its turn has come: whoever is turned away for want of room has not guessed.
    const { account, attempt } = await parts.bulkhead.run(async () => {
      const attempt: PasswordAttempt = {
        id: newId(),
        kind: 'LOGIN',
        loginId,
        account: found?.account ?? null,
        deviceId: device?.id ?? null,
        sessionId: null,
        client: wish.client,
        at: parts.clock.now(),
      };
      await parts.lockout.admit(attempt);
      return { account: await check(found, password), attempt };
    }, wish.deadline);
    const kept = keep(device, wish, account.id, attempt.at);
    return {
      account,
      deviceToken: kept.deviceToken,
      ...(await open(account, attempt, { device: kept.device, wish })),
    };
  };
}
