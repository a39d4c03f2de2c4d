import { openAuthDatabase } from '@supergraph/auth/storage/auth-database';
import { openBillingDatabase } from '@supergraph/billing/storage/billing-database';
import { connect as connectForBackup } from '@supergraph/database/backup/connect';
import { createDatabaseClock } from '@supergraph/database/database-clock';
import { saysAnything } from '@supergraph/database/connections/silence';
import { withConnection } from '@supergraph/database/maintenance-connection';
import { takeOwnership } from '@supergraph/database/postgres-server/owner';
import { createMigrationConnections } from '@supergraph/database/schema-engine/migration-connections';
import { openAuditArchive, openAuditDatabase } from '@supergraph/gateway/audit/storage/audit-database';
import { SECOND_MS } from '@supergraph/platform/time';
import { openProductDatabase } from '@supergraph/product/storage/product-database';

import { gaveUp, goesOn, ignore, type Adapter, type Attempt } from './adapter.ts';

type OpenDatabase =
  typeof openAuthDatabase | typeof openBillingDatabase | typeof openProductDatabase | typeof openAuditDatabase;

const queryOf = (service: string, open: OpenDatabase): Attempt => ({
  name: `a query of ${service}`,
  withinMs: 3_000,
  async attempt(port) {
    const url = `postgresql://nobody:nothing@127.0.0.1:${port}/nowhere`;
    const database = open({ url, maxConnections: 1, onError: ignore });
    const tookMs = await gaveUp(() => database.$queryRaw`SELECT 1`);
    await database.$disconnect();
    return tookMs;
  },
});

export const postgres: Adapter = {
  name: 'PostgreSQL, for requests',
  places: [
    'gateway/src/audit/storage/audit-database.ts clientOptions',
    'packages/database/src/client-options.ts createPrismaAdapter',
    'packages/database/src/connections/bounded-pool.ts pg',
    'packages/database/src/connections/silence.ts pg',
    'packages/database/src/database-clock.ts pg',
    'packages/database/src/prisma-adapter.ts @prisma/adapter-pg',
    'packages/database/src/prisma-adapter.ts pg',
    'subgraphs/auth/src/storage/auth-database.ts clientOptions',
    'subgraphs/billing/src/storage/billing-database.ts clientOptions',
    'subgraphs/product/src/storage/product-database.ts clientOptions',
  ],
  addresses: [
    'auth AUTH_DATABASE_URL',
    'billing BILLING_DATABASE_URL',
    'product PRODUCT_DATABASE_URL',
    'gateway GATEWAY_DATABASE_URL',
  ],
  attempts: [
    queryOf('auth', openAuthDatabase),
    queryOf('billing', openBillingDatabase),
    queryOf('product', openProductDatabase),
    queryOf('gateway', openAuditDatabase),
    {
      name: 'a question for the time',
      withinMs: 3_000,
      attempt: (port) =>
        gaveUp(async () => {
          const url = `postgresql://nobody:nothing@127.0.0.1:${port}/nowhere`;
          const clock = createDatabaseClock({ url, onFailure: ignore });
          await clock.ask();
          return clock.now();
        }),
    },
    {
      name: 'a look whether PostgreSQL answers',
      withinMs: 300,
      attempt: (port) =>
        goesOn(
          () => saysAnything({ host: '127.0.0.1', port, user: 'nobody', database: 'nowhere' }, 300),
          (isAnswering) => !isAnswering,
        ),
    },
  ],
};

const toolWithinMs = 5_000;
const tool = (name: string, ask: (url: string) => Promise<unknown>): Attempt => ({
  name,
  withinMs: toolWithinMs,
  attempt: (port) => gaveUp(() => ask(`postgresql://nobody:nothing@127.0.0.1:${port}/nowhere`)),
});

export const postgresTools: Adapter = {
  name: 'PostgreSQL, for migrations, backups and the embedded server',
  places: [
    'gateway/src/audit/storage/audit-database.ts createPrismaAdapter',
    'packages/database/src/apply-migrations.ts withConnection',
    'packages/database/src/backup/connect.ts node:net',
    'packages/database/src/backup/connect.ts pg',
    'packages/database/src/backup/restore-target.ts pg',
    'packages/database/src/backup/restore-target.ts withConnection',
    'packages/database/src/ensure-database.ts withConnection',
    'packages/database/src/maintenance-connection.ts pg',
    'packages/database/src/make-anew.ts withConnection',
    'packages/database/src/messages.ts withConnection',
    'packages/database/src/postgres-server/owner.ts pg',
    'packages/database/src/postgres-server/owner.ts withConnection',
    'packages/database/src/schema-engine/maintenance.ts withConnection',
    'packages/database/src/schema-engine/migration-connections.ts @prisma/adapter-pg',
    'packages/database/src/schema-engine/migration-connections.ts pg',
  ],
  addresses: [],
  attempts: [
    tool('a maintenance connection', (url) => withConnection(url, (client) => client.query('SELECT 1'))),
    tool('a connection for a backup', (url) => connectForBackup(url, SECOND_MS)),
    tool('the mark of the owner', takeOwnership),
    tool('a command of the audit', async (url) => {
      const database = openAuditArchive({ url, maxConnections: 1, onError: ignore });
      try {
        return await database.$queryRaw`SELECT 1`;
      } finally {
        await database.$disconnect();
      }
    }),
    tool('a migration', async (url) => {
      const connections = createMigrationConnections({ url, shadowDatabaseUrl: undefined });
      const connection = await connections.connect();
      try {
        return await connection.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
      } finally {
        await connections.close();
      }
    }),
  ],
};
