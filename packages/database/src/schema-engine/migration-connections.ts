import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { dropDatabase, ensureDatabase } from '../ensure-database.ts';
import type { Datasource } from './command-line.ts';

/** Connections as a migration needs them; `close` ends those that the engine has left open. */
export interface MigrationConnections extends SqlMigrationAwareDriverAdapterFactory {
  close(): Promise<void>;
}

/**
 * One session per connection, so that the engine's advisory lock and its scripts meet on the same one,
 * and a shadow database that is closed before it is dropped.
 */
export function createMigrationConnections(datasource: Datasource): MigrationConnections {
  const open = new Set<SqlDriverAdapter>();

  async function connectTo(url: string, afterClose?: () => Promise<void>): Promise<SqlDriverAdapter> {
    const pool = createSingleSession(url);
    const adapter = await new PrismaPg(pool).connect();
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      open.delete(connection);
      await pool.end();
      await afterClose?.();
    };
    const connection: SqlDriverAdapter = {
      provider: adapter.provider,
      adapterName: adapter.adapterName,
      queryRaw: async (query) => revealCharColumns(await adapter.queryRaw(query)),
      executeRaw: (query) => adapter.executeRaw(query),
      startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
      getConnectionInfo: () => adapter.getConnectionInfo(),
      // The adapter's own executeScript cuts at every semicolon, also inside function bodies. Without
      // arguments the whole text goes out as one simple query: one implicit transaction.
      executeScript: async (script) => {
        await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
      },
      dispose: () => (closing ??= close()),
    };
    open.add(connection);
    return connection;
  }

  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => {
      if (datasource.url === undefined) throw new Error('This command needs a database address');
      return connectTo(datasource.url);
    },
    connectToShadowDb: async () => {
      if (datasource.shadowDatabaseUrl !== undefined) return await connectTo(datasource.shadowDatabaseUrl);
      if (datasource.url === undefined) throw new Error('A shadow database needs a database address');
      const shadow = new URL(datasource.url);
      shadow.pathname = `/prisma_migrate_shadow_db_${randomUUID()}`;
      await ensureDatabase(shadow.href);
      return await connectTo(shadow.href, () => dropDatabase(shadow.href));
    },
    close: async () => {
      await Promise.all([...open].map((connection) => connection.dispose()));
    },
  };
}

const internalCharOid = 18;
const textOid = 25;

/** The rows of each answer and which of their columns have the catalogue's internal type "char". */
const charColumns = new WeakMap<readonly unknown[], readonly number[]>();

/** A pool of one session. It shows "char", which the adapter does not know and rejects, as text. */
function createSingleSession(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  return new Proxy(pool, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      if (property !== 'query') return (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return async (...args: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(member, target, args);
        if (isResult(result)) hideCharColumns(result);
        return result;
      };
    },
  });
}

function hideCharColumns({ fields, rows }: pg.QueryArrayResult): void {
  const columns = [...fields.keys()].filter((column) => fields[column]?.dataTypeID === internalCharOid);
  for (const column of columns) Object.assign(fields[column] ?? {}, { dataTypeID: textOid });
  charColumns.set(rows, columns);
}

/** Gives "char" columns the type that the engine expects of them. */
function revealCharColumns(result: SqlResultSet): SqlResultSet {
  for (const column of charColumns.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
  return result;
}

function isResult(result: unknown): result is pg.QueryArrayResult {
  return typeof result === 'object' && result !== null && 'fields' in result && Array.isArray(result.fields);
}
