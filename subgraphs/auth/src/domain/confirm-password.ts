import { CodedError } from '@supergraph/platform/errors';
import type { Clock } from '@supergraph/platform/time';

import type { Caller, Client } from './account.ts';
import type { Lockout } from './lockout.ts';
import { readChallenge, readPassword } from './login-input.ts';
import type {
  Accounts,
  Bulkhead,
  KnownSession,
  PasswordAttempt,
  PasswordAttempts,
  Passwords,
  Sessions,
  StepUpTokens,
} from './ports.ts';
import { isLive } from './session.ts';

export interface Confirmation {
  /** Names what the password is given for; a stranger to auth. */
  readonly challenge: string;
  readonly password: string;
  readonly client: Client;
  /** When whoever asks stops waiting. */
  readonly deadline: Date | null;
}

/** Auth's word for whoever asked for the password. */
export interface StepUp {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Makes the use case of giving the password once more. Wrong ones are counted with those of log-ins from the same device, so
 * whoever has a stolen session can guess no oftener than anybody.
 */
export function createConfirmPassword(parts: {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly attempts: PasswordAttempts;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly bulkhead: Bulkhead;
  readonly stepUpTokens: StepUpTokens;
  readonly clock: Clock;
  readonly newId: () => string;
}) {
  const { clock } = parts;

  async function findSession({ userId, sessionId }: Caller): Promise<KnownSession> {
    const known = await parts.sessions.find(sessionId);
    const isGood =
      known?.account.id === userId && known.account.status === 'ACTIVE' && isLive(known.session, clock.now());
    if (known === null || !isGood) throw new CodedError('SESSION_REVOKED');
    return known;
  }

  async function isRight({ account, session }: KnownSession, password: string, client: Client): Promise<boolean> {
    const found = await parts.accounts.findByLoginId(account.loginId);
    const attempt: PasswordAttempt = {
      id: parts.newId(),
      kind: 'STEP_UP',
      loginId: account.loginId,
      account,
      deviceId: session.deviceId,
      sessionId: session.id,
      client,
      at: clock.now(),
    };
    await parts.lockout.admit(attempt);
    const check = await parts.passwords.check(password, found?.passwordHash ?? null);
    if (check.isRight) await parts.attempts.succeed(attempt, session.id);
    return check.isRight;
  }

  /** Null for a wrong password. Throws LOGIN_BLOCKED, BAD_USER_INPUT, OVERLOADED, SESSION_REVOKED. */
  return async (caller: Caller, wish: Confirmation): Promise<StepUp | null> => {
    const challenge = readChallenge(wish.challenge);
    const password = readPassword(wish.password);
    const known = await findSession(caller);
    if (!(await parts.bulkhead.run(() => isRight(known, password, wish.client), wish.deadline))) return null;
    const { userId, sessionId } = caller;
    return parts.stepUpTokens.sign({ userId, sessionId, challenge }, clock.now());
  };
}
