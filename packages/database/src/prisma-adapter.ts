import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** How long the server keeps locks for a client that has gone quiet in the middle of a transaction. */
const abandonedTransactionMs = 30_000;
const idleConnectionMs = 30_000;

/** How much longer than the server's own limit we wait for a server that does not answer at all. */
const silenceMs = 250;

export interface PrismaAdapterOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly maxConnections: number;
  /** Also bounds the wait for a free connection when all are taken. */
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /** Told of connections lost while nobody was using them; without it they would end the process. */
  readonly onError: (error: Error) => void;
}

/** The driver for `new PrismaClient({ adapter })`: every wait for the database has an end. */
export function createPrismaAdapter(options: PrismaAdapterOptions): PrismaPg {
  const { url, applicationName, maxConnections, connectTimeoutMs, queryTimeoutMs, onError } = options;
  return new PrismaPg(
    {
      connectionString: url,
      application_name: applicationName,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: queryTimeoutMs,
      query_timeout: queryTimeoutMs + silenceMs,
      idle_in_transaction_session_timeout: abandonedTransactionMs,
      idleTimeoutMillis: idleConnectionMs,
      keepAlive: true,
      // The driver writes moments in UTC without saying so: a server that keeps another time would shift them.
      options: '-c TimeZone=UTC',
      onConnect: abandonWhenSilent,
    },
    { onPoolError: onError, onConnectionError: onError },
  );
}

/**
 * A query that the driver has given up on still occupies its connection, and a transaction hands that
 * connection back to the pool as if it were well. Ending it makes the pool open another.
 */
function abandonWhenSilent(client: pg.ClientBase): void {
  if (!(client instanceof pg.Client)) return;
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') return;
  const guarded = (...args: unknown[]): unknown => {
    const result: unknown = Reflect.apply(query, client, args);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      if (error instanceof Error && error.message === 'Query read timeout') void client.end();
      throw error;
    });
  };
  Object.assign(client, { query: guarded });
}
