import { dropDatabase, ensureDatabase } from '../ensure-database.ts';
import { maintenanceAddress, sqlState, withConnection } from '../maintenance-connection.ts';
import type { MaintenanceCommand } from './command-line.ts';

/** Does one maintenance step; rejects with the driver's own error. */
export async function runMaintenance(command: MaintenanceCommand, url: string): Promise<void> {
  switch (command) {
    case 'can-connect-to-database':
      await withConnection(url, (client) => client.query('SELECT 1'));
      return;
    case 'create-database':
      await ensureDatabase(url);
      return;
    case 'drop-database':
      await dropDatabase(url);
  }
}

const prismaCodes: Readonly<Record<string, string>> = { '28P01': 'P1000', '3D000': 'P1003', '28000': 'P1010' };
const serverNotReachable = 'P1001';

/** The line that the Prisma command line looks for on stderr when a step has failed. */
export function describeFailure(error: unknown, url: string): string {
  const code = prismaCodes[sqlState(error) ?? ''] ?? serverNotReachable;
  const { host } = new URL(url);
  const reason = error instanceof Error ? error.message : String(error);
  const message =
    code === 'P1003'
      ? `Database \`${maintenanceAddress(url).name}\` does not exist`
      : `Cannot use the database server at ${host}: ${reason}`;
  const entry = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    target: 'schema_engine::logger',
    fields: { message, is_panic: false, error_code: code },
  };
  // The reader skips the first line, which the native engine uses for its banner.
  return `\n${JSON.stringify(entry)}\n`;
}
