import type { DatabaseName } from '@supergraph/database/databases';
import type { KosAdmin } from '@supergraph/kos-simulator/admin';
import type { MvnoApAdmin } from '@supergraph/mvno-ap-simulator/admin';
import type { QueryResultRow } from 'pg';

import type { RedisProcess } from '../../support/redis-process.ts';
import type { Client } from './client.ts';
import type { Customer } from './customers.ts';
import type { Findings } from './findings.ts';
import type { History } from './history.ts';
import type { OwnPostgres } from './own-postgres.ts';
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
