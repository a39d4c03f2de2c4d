import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { CodedError, errorCatalogue } from '@supergraph/platform/errors';
import { DatabaseLost, lossOf, tellLoss } from './database-loss.ts';
import { createLastKnown } from './last-known.ts';
import { withConnection } from './maintenance-connection.ts';
import type { PrismaAdapterOptions } from './prisma-adapter.ts';
import { createPrismaAdapter } from './prisma-adapter.ts';
import { createEmptyDatabase } from './testing.ts';
import { eventually } from './testing/eventually.ts';
import type { TestDatabase } from './testing/test-databases.ts';

let database: TestDatabase;
let open: SqlDriverAdapter[] = [];
beforeAll(async () => {
  database = await createEmptyDatabase();
  await withConnection(database.url, (client) => client.query('CREATE TABLE account (name text PRIMARY KEY)'));
});
afterEach(async () => {
  await Promise.all(open.map((adapter) => adapter.dispose()));
  open = [];
});
afterAll(() => database.drop());

async function connect(options: Partial<PrismaAdapterOptions> = {}): Promise<SqlDriverAdapter> {
  const adapter = await createPrismaAdapter({
    url: database.url,
    applicationName: 'database-loss-test',
    maxConnections: 1,
    connectTimeoutMs: 2_000,
    acquireTimeoutMs: 100,
    lockTimeoutMs: 200,
    queryTimeoutMs: 400,
    onError: () => undefined,
    ...options,
  }).connect();
  open.push(adapter);
  return adapter;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const sql = (text: string): SqlQuery => ({ sql: text, args: [], argTypes: [] });
const lossIn = (work: () => Promise<unknown>): Promise<unknown> => tellLoss(work).catch((error: unknown) => error);
const pidOf = async (adapter: SqlDriverAdapter): Promise<number> =>
  Number((await adapter.queryRaw(sql('SELECT pg_backend_pid()'))).rows[0]?.[0]);

const refusedWith = (originalCode: string): unknown =>
  new DriverAdapterError({
    kind: 'postgres',
    code: originalCode,
    originalCode,
    severity: 'ERROR',
    message: 'no',
    detail: undefined,
    column: undefined,
    hint: undefined,
  });

describe('a database that does not judge what is asked of it', () => {
  it('is away where nobody listens, and when it cuts a connection in use', async () => {
    const nowhere = await connect({ url: 'postgresql://nobody@127.0.0.1:1/nothing' });
    expect(await lossIn(() => nowhere.queryRaw(sql('SELECT 1')))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      loss: 'away',
    });
    const adapter = await connect({ maxConnections: 2, queryTimeoutMs: 5_000 });
    const pid = await pidOf(adapter);
    const cut = lossIn(() => adapter.queryRaw(sql('SELECT pg_sleep(4)::text')));
    const isAsleep = `SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'PgSleep'`;
    await withConnection(database.url, async (client) => {
      await eventually(async () => (await client.query(isAsleep)).rowCount === 1);
      await client.query('SELECT pg_terminate_backend($1)', [pid]);
    });
    expect(await cut).toMatchObject({ loss: 'away', mayBeDone: true, retryAfterMs: 1_000 });
  });

  it('is busy when every connection is taken, by us or by others', async () => {
    const adapter = await connect({ queryTimeoutMs: 5_000 });
    const holder = await adapter.startTransaction();
    const startedAt = performance.now();
    expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject({
      code: 'OVERLOADED',
      loss: 'busy',
      mayBeDone: false,
    });
    // far less than a statement may take
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    await holder.rollback();
    expect((await adapter.queryRaw(sql('SELECT 1'))).rows).toEqual([[1]]);
    expect(lossOf(refusedWith('53300'))).toBe('busy');
  });

  it('is slow when it takes a statement back: after its time, or while it waits for a lock', async () => {
    const adapter = await connect();
    const slow = { code: 'TIMED_OUT', loss: 'slow', mayBeDone: false };
    expect(await lossIn(() => adapter.queryRaw(sql('SELECT pg_sleep(9)::text')))).toMatchObject(slow);
    await withConnection(database.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE account');
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT * FROM account')))).toMatchObject(slow);
    });
  });

  it('is silent when a process of it is stopped; a look finds that the server itself is well', async () => {
    const adapter = await connect();
    const pid = await pidOf(adapter);
    process.kill(pid, 'SIGSTOP');
    try {
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject({ loss: 'silent', mayBeDone: true });
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject({ rows: [[1]] });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('is silent when it takes connections and says nothing: the first who ask wait, and those after them do not', async () => {
    const deaf = createServer().listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const url = new URL(database.url);
    url.port = String(portOf(deaf));
    const adapter = await connect({ url: url.href });
    try {
      const silent = { code: 'SERVICE_UNAVAILABLE', loss: 'silent' };
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject(silent);
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject(silent);
      const startedAt = performance.now();
      expect(await lossIn(() => adapter.queryRaw(sql('SELECT 1')))).toMatchObject(silent);
      // less than making a connection may take
      expect(performance.now() - startedAt).toBeLessThan(1_900);
    } finally {
      deaf.close();
    }
  });

  it.each([
    ['full', '53100'],
    ['full', '53200'],
    ['away', '57P03'],
    ['away', '25006'],
    ['slow', '55P03'],
  ] as const)('is %s with SQLSTATE %s', (loss, state) => {
    expect(lossOf(refusedWith(state))).toBe(loss);
    expect(errorCatalogue[new DatabaseLost(loss, { mayBeDone: false, cause: null }).code].isRetryable).toBe(true);
  });

  it('is none of these for a refusal, a conflict, or a mistake of ours', async () => {
    const refusals = ['23505', '23503', '22P02', '40001', '42P01'].map(refusedWith);
    for (const error of [...refusals, new TypeError('no'), undefined, 'text']) expect(lossOf(error)).toBeUndefined();
    const refused = new CodedError('BAD_USER_INPUT');
    expect(await lossIn(() => Promise.reject(refused))).toBe(refused);
  });
});

describe('what was read last', () => {
  const lost = () => Promise.reject(new DatabaseLost('away', { mayBeDone: false, cause: null }));
  let now = new Date(0);
  const lastKnown = () => createLastKnown<string>({ most: 2, longestMs: 1_000, clock: { now: () => now } });

  it('stands in while the database is lost, for a time', async () => {
    const read = lastKnown();
    await read('key', () => Promise.resolve('value'));
    expect(await read('key', lost)).toEqual({ value: 'value', isRemembered: true });
    await expect(read('other', lost)).rejects.toMatchObject({ loss: 'away' });
    now = new Date(1_001);
    await expect(read('key', lost)).rejects.toMatchObject({ loss: 'away' });
  });

  it('is forgotten for newer ones, and hides no other failure', async () => {
    const read = lastKnown();
    for (const key of ['a', 'b', 'a', 'c']) await read(key, () => Promise.resolve(key));
    await expect(read('b', lost)).rejects.toMatchObject({ loss: 'away' });
    expect(await read('a', lost)).toMatchObject({ value: 'a' });
    await expect(read('a', () => Promise.reject(new TypeError('a mistake')))).rejects.toThrow('a mistake');
  });
});
