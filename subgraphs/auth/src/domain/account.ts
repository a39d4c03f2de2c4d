export type Role = 'CUSTOMER' | 'OPERATOR' | 'ANALYST' | 'PARTNER' | 'DEVELOPER';

/** What staff decided about an account; a lock after failed logins is not among it, since it ends by itself. */
export type AccountStatus = 'ACTIVE' | 'SUSPENDED' | 'INACTIVE';

export interface Account {
  readonly id: string;
  readonly loginId: string;
  /** The customer behind the account; null for everybody else. */
  readonly customerId: string | null;
  readonly role: Role;
  readonly status: AccountStatus;
  readonly lastLoginAt: Date | null;
}

/** The program a request came from, as the gateway saw it. */
export interface Client {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Who is asking, by the access token. */
export interface Caller {
  readonly userId: string;
  readonly customerId: string | null;
  readonly sessionId: string;
}
