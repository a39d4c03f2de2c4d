import type { Account, Caller, Client, Role } from './account.ts';
import type { KnownDevice } from './known-device.ts';
import type { PermissionCode, Rights, Verdict } from './permission.ts';
import type { Session, SessionEnd, Sighting } from './session.ts';
import type { SessionTokens } from './session-tokens.ts';

/** Accounts with what proves them. */
export interface Accounts {
  findByLoginId(loginId: string): Promise<{ readonly account: Account; readonly passwordHash: string } | null>;
  /** Puts a hash of the same password in the place of an older one, unless the password has changed meanwhile. */
  replacePasswordHash(change: { accountId: string; from: string; to: string }): Promise<void>;
  rightsOf(accountId: string): Promise<Rights>;
}

export interface PasswordCheck {
  readonly isRight: boolean;
  /** Whether the hash was made with weaker settings than today's. */
  readonly isOutdated: boolean;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time when there is no hash to check against; the answer is then no. */
  check(password: string, hash: string | null): Promise<PasswordCheck>;
}

/** Lets a bounded amount of work in at a time. */
export interface Bulkhead {
  /** Throws OVERLOADED, without starting, when too many wait already or the deadline passes before its turn. */
  run<Result>(work: () => Promise<Result>, deadline: Date | null): Promise<Result>;
}

/** Passwords tried for somebody, forgotten at a moment. */
export interface Tries {
  readonly count: number;
  readonly expiresAt: Date;
}

/** A password given to sign in, or once more by somebody who is signed in. */
export interface PasswordAttempt {
  readonly id: string;
  readonly kind: 'LOGIN' | 'STEP_UP';
  readonly loginId: string;
  /** Null when nobody has the id. */
  readonly account: Account | null;
  /** The known device it comes from, whose tries are counted apart; those from everywhere else are counted together. */
  readonly deviceId: string | null;
  /** The session it is given in; null where it is to open one. */
  readonly sessionId: string | null;
  readonly client: Client;
  readonly at: Date;
}

export interface PasswordAttempts {
  /**
   * Counts an attempt, up to one more than `most`, and records it as failed, or as locked out beyond `most`: atomic among
   * parallel attempts, and committed once this answers. `expiresAt` holds from the first of `most` tries that are over.
   */
  count(attempt: PasswordAttempt, limit: { readonly most: number; readonly expiresAt: Date }): Promise<Tries>;
  /** Records an attempt as right, in this session, and forgives the tries that were counted with it. */
  succeed(attempt: PasswordAttempt, sessionId: string): Promise<void>;
  /** The tries from devices that are not known. */
  triesOf(loginId: string): Promise<Tries | null>;
}

export interface KnownDevices {
  /** Null for a device that is not known, or not any more: its time is over, or the password is another one now. */
  find(tokenHash: string, now: Date): Promise<KnownDevice | null>;
}

/** A token of a family, by the session it renews. */
export interface KnownRefreshToken {
  readonly session: Session;
  readonly account: Account;
  /** When it was exchanged, and the sealed pair it was exchanged for; null when it still can be. */
  readonly spent: { readonly at: Date; readonly sealedAnswer: string } | null;
}

/** A session with whose it is. */
export interface KnownSession {
  readonly session: Session;
  readonly account: Account;
  /** Ids of the account's own lines. */
  readonly lineIds: readonly string[];
}

export interface Sessions {
  /**
   * Opens a session, all or nothing: the attempt turns into a success, as by PasswordAttempts; its device is known from now
   * on; and only the newest `mostBeside` live sessions, and the `mostDevices` used last, stay beside it.
   */
  open(opening: {
    readonly session: Session;
    readonly device: KnownDevice;
    readonly attempt: PasswordAttempt;
    readonly refreshTokenHash: string;
    readonly mostBeside: number;
    readonly mostDevices: number;
  }): Promise<void>;
  find(sessionId: string): Promise<KnownSession | null>;
  listLive(accountId: string, now: Date): Promise<Session[]>;
  /** Notes a use, unless the session ended meanwhile or a later use is known. */
  note(sighting: Sighting): Promise<void>;
  /**
   * Ends live sessions of an account, all or one of them, and tells which did end by this. With all of them go the account's
   * devices, and with one that is revoked goes its own: whoever has them now is not who was known.
   */
  end(ending: {
    readonly accountId: string;
    readonly only: string | null;
    readonly reason: SessionEnd;
    readonly client: Client;
    readonly at: Date;
  }): Promise<readonly string[]>;
  findByRefreshToken(tokenHash: string): Promise<KnownRefreshToken | null>;
  /** Exchanges a token for its successor. False, and nothing changed, when it is spent or its session has ended. */
  rotate(rotation: {
    readonly spentHash: string;
    readonly successorHash: string;
    readonly sealedAnswer: string;
    readonly sighting: Sighting;
    readonly client: Client;
  }): Promise<boolean>;
}

/** What an access token says. */
export interface AccessClaims extends Caller {
  readonly role: Role;
  readonly scopes: readonly PermissionCode[];
}

export interface AccessTokens {
  sign(claims: AccessClaims, issuedAt: Date): { readonly token: string; readonly expiresAt: Date };
}

export interface StepUpTokens {
  sign(
    claims: { readonly userId: string; readonly sessionId: string; readonly challenge: string },
    issuedAt: Date,
  ): { readonly token: string; readonly expiresAt: Date };
}

/** An exchange of one refresh token by one client. */
export interface Exchange {
  readonly refreshToken: string;
  readonly client: Client;
}

/** Tokens that say nothing, and that nobody guesses. */
export interface OpaqueTokens {
  create(): string;
  /** What is stored of a token. */
  hash(token: string): string;
}

export interface RefreshTokens extends OpaqueTokens {
  /** Seals the answer so that only the same client, showing the same spent token again, can get at it. */
  sealAnswer(answer: SessionTokens, exchange: Exchange): string;
  /** Null for another client or another token. */
  openAnswer(sealed: string, exchange: Exchange): SessionTokens | null;
}

export interface AccessLog {
  record(access: {
    readonly caller: Caller;
    readonly service: string;
    readonly verdict: Verdict;
    readonly client: Client;
    readonly at: Date;
  }): Promise<void>;
}

export interface Line {
  readonly id: string;
  readonly customerId: string;
  /** 010-1234-5678 */
  readonly phoneNumber: string;
}

/** Looks things up for their owner; whatever belongs to somebody else is not found. */
export interface OwnRecords {
  readonly accounts: (caller: Caller, ids: readonly string[]) => Promise<readonly Account[]>;
  /** Which of these customers the caller is. */
  readonly customerIds: (caller: Caller, ids: readonly string[]) => Promise<readonly string[]>;
  readonly lines: (caller: Caller, ids: readonly string[]) => Promise<readonly Line[]>;
  readonly linesOfCustomers: (caller: Caller, customerIds: readonly string[]) => Promise<readonly Line[]>;
}
