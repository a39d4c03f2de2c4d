import pg from 'pg';

const connectTimeoutMs = 5_000;
const statementTimeoutMs = 60_000;

/** Splits a database address into the name it carries and the address of the server's own `postgres` database. */
export function maintenanceAddress(databaseUrl: string): { readonly name: string; readonly serverUrl: string } {
  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  return { name, serverUrl: url.href };
}

/** Runs `work` on one short-lived connection; ends it whether or not the work succeeds. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
  });
  // A server that stops mid-way is reported by the query as well; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The SQLSTATE of a PostgreSQL error, or undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
