import { randomUUID } from 'node:crypto';

import type { Sql } from '@prisma/client/runtime/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createManualClock } from '@supergraph/platform/testing';
import pg from 'pg';

import { createInboxStore, createOutboxStore, messageRetentions, type SqlDatabase } from './message-store.ts';
import { createPruner, pruneRows } from './retention.ts';
import { createTestDatabase } from './testing.ts';
import { eventually } from './testing/eventually.ts';
import type { TestDatabase } from './testing/test-databases.ts';

// That both stores keep their contracts is tested where they are used, with the clients they are used with.

const now = new Date('2026-07-01T00:00:00.000Z');
const clock = createManualClock(now.toISOString());
const dayMs = 86_400_000;

let made: TestDatabase;
let pool: pg.Pool;
let asked: Sql[];
let database: SqlDatabase;
beforeAll(async () => {
  made = await createTestDatabase('product');
  pool = new pg.Pool({ connectionString: made.url, max: 10 });
  database = {
    $queryRaw: async <Rows>(statement: Sql) => {
      asked.push(statement);
      const { rows } = await pool.query(statement.text, statement.values);
      return rows as Rows;
    },
  };
});
afterAll(async () => {
  await pool.end();
  await made.drop();
});
beforeEach(async () => {
  asked = [];
  await pool.query('TRUNCATE outbox_message, inbox_message');
});

/** Writes messages of both tables with plain SQL: `line-<n % lines>` for n from 1 to `count`. */
async function write(count: number, lines: number, settledAt: Date | null = null): Promise<void> {
  for (const [table, columns, values] of [
    ['outbox_message', '', ''],
    ['inbox_message', ', consumer, received_at', ", 'teller', $1::timestamptz"],
  ] as const) {
    await pool.query(
      `INSERT INTO ${table} (id, topic, ordering_key, payload, created_at, due_at, settled_at ${columns})
       SELECT gen_random_uuid(), 'plan.changed', 'line-' || (n % $2::int), '{}', $1::timestamptz, $1, $3 ${values}
       FROM generate_series(1, $4::int) AS n`,
      [now, lines, settledAt, count],
    );
  }
}

const countOf = async (where: string): Promise<unknown> => {
  const count = (table: string) => `(SELECT count(*)::int FROM ${table} WHERE ${where})`;
  const { rows } = await pool.query(`SELECT ${count('outbox_message')} AS outbox, ${count('inbox_message')} AS inbox`);
  return rows[0];
};

const storesOf = () =>
  [
    ['outbox', createOutboxStore({ database })],
    ['inbox', createInboxStore({ database, consumer: 'teller', clock })],
  ] as const;

describe('a claim', () => {
  /** How many pages PostgreSQL looks at for the last claim, done once more. */
  async function pagesOfLastClaim(): Promise<number> {
    const claim = asked.at(-1);
    if (claim === undefined) throw new Error('nothing was claimed');
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, BUFFERS) ${claim.text}`,
      claim.values,
    );
    const [, hit = '0', , read = '0'] =
      /Buffers: shared hit=(\d+)( read=(\d+))?/.exec(rows.map((row) => row['QUERY PLAN']).join('\n')) ?? [];
    return Number(hit) + Number(read);
  }

  it('costs no more for what was settled before: 100,000 messages in each table', async () => {
    await write(100_000, 1_000, now);
    await write(100, 50);
    await pool.query('VACUUM (ANALYZE) outbox_message, inbox_message');
    for (const [, store] of storesOf()) {
      expect(await store.claim(20, now)).toHaveLength(20);
      expect(await pagesOfLastClaim()).toBeLessThan(500);
    }
  });

  it('does not walk through a whole backlog either, however long an outage was', async () => {
    await write(20_000, 5_000);
    await pool.query('VACUUM (ANALYZE) outbox_message, inbox_message');
    for (const [, store] of storesOf()) {
      expect(await store.claim(20, now)).toHaveLength(20);
      expect(await pagesOfLastClaim()).toBeLessThan(500);
    }
  });
});

describe('pruning', () => {
  const later = new Date(now.getTime() + 30 * dayMs);
  const retentions = messageRetentions(30 * dayMs);

  /** Of the outbox and of the inbox, how many there were to delete a month later. */
  const pruneMessages = () =>
    Promise.all(
      retentions.map((retention) =>
        pruneRows(database, retention, { now: new Date(later.getTime() + 30 * dayMs), batchSize: 100 }),
      ),
    );

  it('deletes what was settled before a moment, batch by batch, and nothing that waits', async () => {
    await write(250, 10, now);
    await write(5, 5, later);
    await write(7, 7);
    expect(await pruneMessages()).toEqual([250, 250]);
    expect(asked).toHaveLength(6);
    expect(await countOf('true')).toEqual({ outbox: 12, inbox: 12 });
  });

  it('keeps what was set aside until somebody has given it up', async () => {
    await write(2, 2, now);
    const first = `WHERE sequence IN (SELECT min(sequence) FROM outbox_message UNION SELECT min(sequence) FROM inbox_message)`;
    for (const table of ['outbox_message', 'inbox_message']) {
      await pool.query(`UPDATE ${table} SET set_aside_reason = 'Error: refused'`);
      await pool.query(`UPDATE ${table} SET given_up_reason = 'told by telephone' ${first}`);
    }
    await pruneMessages();
    expect(await countOf('given_up_reason IS NULL')).toEqual(await countOf('true'));
    expect(await countOf('true')).not.toEqual({ outbox: 2, inbox: 2 });
  });

  it('goes on by itself, and survives a database that is away', async () => {
    await write(3, 3, now);
    clock.set(new Date(now.getTime() + 31 * dayMs).toISOString());
    const onFailure = jest.fn();
    const pruner = createPruner({ database, retentions, clock, onFailure });
    pruner.start();
    await eventually(async () => JSON.stringify(await countOf('true')) === '{"outbox":0,"inbox":0}');
    await pruner.stop();
    const away = { $queryRaw: () => Promise.reject(new Error('away')) };
    const other = createPruner({ database: away, retentions, clock, onFailure });
    other.start();
    await other.stop();
    expect(onFailure).toHaveBeenCalled();
    clock.set(now.toISOString());
  });
});

it('an inbox notes when a message came, by its own clock', async () => {
  const inbox = createInboxStore({ database, consumer: 'teller', clock });
  const createdAt = new Date(now.getTime() - dayMs);
  await inbox.accept({ id: randomUUID(), topic: 't', orderingKey: 'k', payload: null, createdAt });
  const { rows } = await pool.query('SELECT created_at, received_at FROM inbox_message');
  expect(rows).toEqual([{ created_at: createdAt, received_at: now }]);
});
