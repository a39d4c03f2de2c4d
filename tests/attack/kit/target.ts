import type { DatabaseName } from '@supergraph/database/databases';
import type { DemoAccount } from '@supergraph/auth/demo-accounts';

import type { RedisProcess } from '../../support/redis-process.ts';
import type { KosDoor } from './kos-door.ts';
import type { Reply, Sent } from './send.ts';

/** What a log-in brings. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly device: string | null;
}

/** What is attacked. */
export interface Target {
  /** Where the gateway listens. */
  readonly url: string;
  /** KOS's switches; null where they are not known. */
  readonly kos: KosDoor | null;
  /** What only those can look at who run it; null where an address was given. */
  readonly own: OwnStack | null;
  send(sent: Sent, url?: string): Promise<Reply>;
  /** Signs in one of the demo accounts, from an address of its own. Throws when that does not work. */
  logIn(loginId: string, url?: string): Promise<Tokens>;
}

/** The inside of a stack that was started to be attacked. */
export interface OwnStack {
  /** Where services other than the gateway listen, by the names they are announced under. */
  readonly others: Readonly<Record<string, string>>;
  /** null where this machine has no Redis. */
  readonly redis: RedisProcess | null;
  readonly secrets: Readonly<Record<string, string>>;
  /** Everything that the product has written so far. */
  log(): string;
  databaseUrl(database: DatabaseName): Promise<string>;
  /** Starts one more gateway before the same subgraphs, or answers the one that was started with these settings. */
  gateway(settings: Readonly<Record<string, string>>): Promise<string>;
  /** Starts one more billing on the same database, for a gateway of `gateway`. */
  service(name: 'billing', settings: Readonly<Record<string, string>>): Promise<string>;
  /** Makes accounts that may sign in. */
  addAccounts(accounts: readonly DemoAccount[]): Promise<void>;
}
