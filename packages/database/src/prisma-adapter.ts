import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { BoundedPool } from './connections/bounded-pool.ts';
import { createReachability } from './connections/reachability.ts';
import { isSilence, saysAnything } from './connections/silence.ts';

/** How long the server keeps locks for a client that has gone quiet in the middle of a transaction. */
const abandonedTransactionMs = 10_000;
const idleConnectionMs = 30_000;

/** How much longer than the server's own limit we wait for a server that does not answer at all. */
const silenceMs = 250;
/** How long a look at a silent server waits, and how often there is one. */
const lookMs = 1_000;
const lookEveryMs = 500;

export interface PrismaAdapterOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly maxConnections: number;
  /** How long making a connection may take. */
  readonly connectTimeoutMs: number;
  /** How long anybody waits for a connection while others have them all. */
  readonly acquireTimeoutMs: number;
  /** How long a statement may wait for a lock; longer than the server takes to find a deadlock, which is a second. */
  readonly lockTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /** Told of connections lost while nobody was using them; without it they would end the process. */
  readonly onError: (error: Error) => void;
}

/** The driver for `new PrismaClient({ adapter })`: every wait for the database has an end, in the server too. */
export function createPrismaAdapter(options: PrismaAdapterOptions): PrismaPg {
  const { url, applicationName, onError } = options;
  const connection = { connectionString: url, application_name: applicationName };
  const reachability = createReachability({ look: () => saysAnything(connection, lookMs), everyMs: lookEveryMs });
  const pool = new BoundedPool(
    {
      ...connection,
      max: options.maxConnections,
      acquireTimeoutMs: options.acquireTimeoutMs,
      connectionTimeoutMillis: options.connectTimeoutMs,
      lock_timeout: options.lockTimeoutMs,
      statement_timeout: options.queryTimeoutMs,
      query_timeout: options.queryTimeoutMs + silenceMs,
      idle_in_transaction_session_timeout: abandonedTransactionMs,
      idleTimeoutMillis: idleConnectionMs,
      keepAlive: true,
      // The driver writes moments in UTC without saying so: a server that keeps another time would shift them.
      options: '-c TimeZone=UTC',
      onConnect: (client) => {
        abandonWhenSilent(client, () => {
          reachability.doubt();
        });
      },
    },
    reachability,
  );
  pool.on('release', (error) => {
    if (isSilence(error)) reachability.doubt();
  });
  return new PrismaPg(pool, { onPoolError: onError, onConnectionError: onError, disposeExternalPool: true });
}

/**
 * A query that the driver has given up on still occupies its connection, and a transaction hands that
 * connection back to the pool as if it were well. Ending it makes the pool open another.
 */
function abandonWhenSilent(client: pg.ClientBase, onSilence: () => void): void {
  if (!(client instanceof pg.Client)) return;
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') return;
  const guarded = (...args: unknown[]): unknown => {
    const result: unknown = Reflect.apply(query, client, args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      if (isSilence(error)) {
        void client.end();
        onSilence();
      }
      throw error;
    });
  };
  Object.assign(client, { query: guarded });
}
