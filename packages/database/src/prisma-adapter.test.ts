import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import { withConnection } from './maintenance-connection.ts';
import type { PrismaAdapterOptions } from './prisma-adapter.ts';
import { createPrismaAdapter } from './prisma-adapter.ts';
import { isSerializationFailure, isUniqueViolation } from './prisma-errors.ts';
import { createEmptyDatabase } from './testing.ts';
import { eventually } from './testing/eventually.ts';
import type { TestDatabase } from './testing/test-databases.ts';

let database: TestDatabase;
let open: SqlDriverAdapter[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  await withConnection(database.url, (client) =>
    client.query(`CREATE TABLE account (name text CONSTRAINT account_name_key UNIQUE, balance int NOT NULL DEFAULT 0);
                  CREATE TABLE mark (id int PRIMARY KEY)`),
  );
});

afterEach(async () => {
  await Promise.all(open.map((adapter) => adapter.dispose()));
  open = [];
});

afterAll(async () => {
  await database.drop();
});

async function connect(options: Partial<PrismaAdapterOptions> = {}): Promise<SqlDriverAdapter> {
  const adapter = await createPrismaAdapter({
    url: database.url,
    applicationName: 'prisma-adapter-test',
    maxConnections: 2,
    connectTimeoutMs: 5_000,
    acquireTimeoutMs: 5_000,
    lockTimeoutMs: 5_000,
    queryTimeoutMs: 5_000,
    onError: () => undefined,
    ...options,
  }).connect();
  open.push(adapter);
  return adapter;
}

const sql = (text: string): SqlQuery => ({ sql: text, args: [], argTypes: [] });

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Prisma's client hands the driver's error on inside one of its own. */
const asPrismaTellsIt = (driverAdapterError: unknown): Error =>
  Object.assign(new Error('Invalid `prisma.account.create()` invocation'), { meta: { driverAdapterError } });

describe('the driver given to Prisma', () => {
  it('has the server cancel a query that takes too long', async () => {
    const adapter = await connect({ queryTimeoutMs: 300 });
    await expect(adapter.queryRaw(sql('SELECT pg_sleep(30)::text'))).rejects.toMatchObject({
      cause: { originalCode: '57014' },
    });
    await expect(adapter.queryRaw(sql('SELECT 1'))).resolves.toMatchObject({ rows: [[1]] });
  });

  it('keeps time in UTC, whatever the server does, since moments are sent without a zone', async () => {
    await withConnection(database.url, (client) =>
      client.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Seoul''', current_database()); END $$`,
      ),
    );
    const adapter = await connect();
    await expect(adapter.queryRaw(sql('SHOW TimeZone'))).resolves.toMatchObject({ rows: [['UTC']] });
  });

  it('does not wait for a free connection beyond its limit', async () => {
    const adapter = await connect({ maxConnections: 1, acquireTimeoutMs: 100 });
    const holder = await adapter.startTransaction();
    await expect(adapter.queryRaw(sql('SELECT 1'))).rejects.toThrow('no connection came free within 100 ms');
    await holder.rollback();
  });

  it('gives up a connection that has gone silent in a transaction, and serves the next from a new one', async () => {
    const adapter = await connect({ maxConnections: 1, queryTimeoutMs: 300 });
    const transaction = await adapter.startTransaction();
    const { rows } = await transaction.queryRaw(sql('SELECT pg_backend_pid()'));
    const pid = Number(rows[0]?.[0]);
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(transaction.queryRaw(sql('SELECT 1'))).rejects.toThrow('Query read timeout');
      await transaction.rollback();
      await expect(adapter.queryRaw(sql('SELECT 2'))).resolves.toMatchObject({ rows: [[2]] });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('reports a connection that the server ends, instead of ending the process, and opens another', async () => {
    const onError = jest.fn<PrismaAdapterOptions['onError']>();
    const adapter = await connect({ onError });
    const { rows } = await adapter.queryRaw(sql('SELECT pg_backend_pid()'));
    await withConnection(database.url, (client) => client.query('SELECT pg_terminate_backend($1)', [rows[0]?.[0]]));
    await eventually(() => onError.mock.calls.length > 0);
    await expect(adapter.queryRaw(sql('SELECT 1'))).resolves.toMatchObject({ rows: [[1]] });
  });
});

describe('what the database refused', () => {
  it('is a unique violation, of the constraint that is asked for', async () => {
    const adapter = await connect();
    const insert = sql(`INSERT INTO account (name) VALUES ('kim')`);
    await adapter.executeRaw(insert);
    const error = await failureOf(adapter.executeRaw(insert));
    for (const told of [error, asPrismaTellsIt(error)]) {
      expect(isUniqueViolation(told)).toBe(true);
      expect(isUniqueViolation(told, 'account_name_key')).toBe(true);
      expect(isUniqueViolation(told, 'mark_pkey')).toBe(false);
      expect(isSerializationFailure(told)).toBe(false);
    }
  });

  it('is a serialization failure when two transactions decided on what the other one changed', async () => {
    const adapter = await connect();
    const [first, second] = await Promise.all([1, 2].map(() => adapter.startTransaction('SERIALIZABLE')));
    await first?.queryRaw(sql('SELECT count(*) FROM mark'));
    await second?.queryRaw(sql('SELECT count(*) FROM mark'));
    await first?.executeRaw(sql('INSERT INTO mark VALUES (1)'));
    await second?.executeRaw(sql('INSERT INTO mark VALUES (2)'));
    await first?.executeRaw(sql('COMMIT'));
    const error = await failureOf(second?.executeRaw(sql('COMMIT')) ?? Promise.resolve());
    await Promise.all([first?.commit(), second?.rollback()]);
    expect(isSerializationFailure(error)).toBe(true);
    expect(isSerializationFailure(asPrismaTellsIt(error))).toBe(true);
    expect(isUniqueViolation(error)).toBe(false);
  });

  it('is neither for anything else that can be thrown', () => {
    for (const thrown of [undefined, null, 'text', new Error('other'), { code: 'P2002' }, asPrismaTellsIt(undefined)]) {
      expect(isUniqueViolation(thrown)).toBe(false);
      expect(isSerializationFailure(thrown)).toBe(false);
    }
  });
});
