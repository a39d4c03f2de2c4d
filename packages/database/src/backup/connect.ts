import net from 'node:net';
import pg from 'pg';

const connectTimeoutMs = 5_000;

/**
 * Opens a connection for copying, which may take any time as long as it goes on: a server that says nothing for
 * `silentAfterMs` is given up. End it.
 */
export async function connect(url: string, silentAfterMs: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'backup',
    connectionTimeoutMillis: connectTimeoutMs,
    stream: () => {
      const socket = new net.Socket();
      return socket.setTimeout(silentAfterMs, () => {
        socket.destroy(new Error(`PostgreSQL has said nothing for ${silentAfterMs / 1_000} s`));
      });
    },
  });
  // What breaks the connection is told to the query that needed it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Begins a transaction in which text is read and written in one way, whatever the server or the role prefers. */
export async function beginCopying(client: pg.Client, mode = ''): Promise<void> {
  await client.query(`
    BEGIN ${mode};
    SET LOCAL client_encoding = 'UTF8';
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'postgres';
    SET LOCAL timezone = 'UTC';
    SET LOCAL extra_float_digits = 3;
    SET LOCAL bytea_output = 'hex';
    SET LOCAL search_path = public;
    SET LOCAL row_security = off;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = '10s';`);
}
