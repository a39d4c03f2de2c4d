import pg from 'pg';

/** What the driver says when it has waited in vain: for a connection, through the pool or not, or for an answer. */
const waitedInVain = new Set([
  'timeout expired',
  'Connection terminated due to connection timeout',
  'Query read timeout',
]);

export const isSilence = (error: unknown): boolean => error instanceof Error && waitedInVain.has(error.message);

/** Whether a server says anything at all within a time, be it that it takes nobody in. Never rejects. */
export async function saysAnything(connection: pg.ClientConfig, withinMs: number): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: withinMs, query_timeout: withinMs });
  // The query tells as well; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    return !isSilence(error);
  } finally {
    void client.end();
  }
}
