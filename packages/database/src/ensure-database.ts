import { escapeIdentifier } from 'pg';
import { maintenanceAddress, sqlState, withConnection } from './maintenance-connection.ts';

const duplicateDatabase = '42P04';
const uniqueViolation = '23505';

/** Creates the database that `databaseUrl` names unless it exists; safe to call from several processes at once. */
export async function ensureDatabase(databaseUrl: string): Promise<void> {
  const { name, serverUrl } = maintenanceAddress(databaseUrl);
  await withConnection(serverUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 1) return;
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`).catch((error: unknown) => {
      // Two creators at once: the catalogue's own index may refuse the second before the name check does.
      if (sqlState(error) !== duplicateDatabase && sqlState(error) !== uniqueViolation) throw error;
    });
  });
}

/** Drops the database that `databaseUrl` names, ending whatever is still connected to it. */
export async function dropDatabase(databaseUrl: string): Promise<void> {
  const { name, serverUrl } = maintenanceAddress(databaseUrl);
  await withConnection(serverUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  });
}
