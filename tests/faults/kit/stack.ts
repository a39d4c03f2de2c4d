import type { DatabaseName } from '@supergraph/database/databases';
import type { KosAdmin } from '@supergraph/kos-simulator/admin';
import type { KosConfig } from '@supergraph/kos-simulator/config';
import type { MvnoApAdmin } from '@supergraph/mvno-ap-simulator/admin';
import type { Clock } from '@supergraph/platform/time';
import type { QueryResultRow } from 'pg';

import type { RedisProcess } from '../../support/redis-process.ts';
import type { Client } from './client.ts';
import type { Customer } from './customers.ts';
import type { Findings } from './findings.ts';
import type { History } from './history.ts';
import type { OwnPostgres, OwnPostgresOptions } from './own-postgres.ts';
import type { Service, ServiceName, Settings } from './services.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** The proxies on the ways out of our services. */
export interface Ways {
  readonly redis: TcpProxy;
  readonly postgres: TcpProxy;
  readonly kos: TcpProxy;
  readonly mvnoAp: TcpProxy;
  /** Only with `amqpUrl`. */
  readonly amqp: TcpProxy | null;
}

export interface Stack {
  readonly gatewayUrl: string;
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly ways: Ways;
  readonly redis: RedisProcess;
  /** Throws without `ownPostgres`. */
  readonly postgres: OwnPostgres;
  readonly kos: KosAdmin;
  readonly mvnoAp: MvnoApAdmin;
  readonly customers: readonly Customer[];
  readonly history: History;
  /** What the services were started with. */
  readonly environment: Settings;
  /** A front end of a customer, by default the first, signed in. */
  client(customer?: Customer): Promise<Client>;
  /** Asks one of our databases directly, past every proxy; name the row's type by `type`, not by `interface`. */
  query<Row extends QueryResultRow>(database: DatabaseName, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Waits until every order is settled and everything that is to be told was told. */
  quiet(withinMs?: number): Promise<void>;
  /** Waits for quiet and compares the history with all books; throws what it finds. */
  check(withinMs?: number): Promise<Findings>;
  close(): Promise<void>;
}

export interface StackOptions {
  /** Services in this process (about 2 s), or each in one of its own (about 8 s). */
  readonly run?: 'in-process' | 'processes';
  /** Settings of services by their names, over those for tests below. */
  readonly settings?: Settings;
  /** A PostgreSQL server of the test's own, to be killed, frozen or filled up. */
  readonly ownPostgres?: boolean | OwnPostgresOptions;
  readonly kos?: Partial<KosConfig>;
  /** Where a broker is; services get it through a proxy. */
  readonly amqpUrl?: string;
  readonly customers?: number;
  /** Time as the services and the simulators in this process see it. */
  readonly clock?: Clock;
  /** Goes before the command of a service that is a process: `{ product: ['prlimit', '--nofile=64'] }`. */
  readonly launchers?: Partial<Readonly<Record<ServiceName, readonly string[]>>>;
  /** What is wrong already when the services start. */
  readonly beforeServices?: (outside: Pick<Stack, 'redis' | 'ways' | 'kos' | 'mvnoAp' | 'postgres'>) => Promise<void>;
}
