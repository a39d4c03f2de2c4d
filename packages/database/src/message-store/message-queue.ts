import { raw, sqltag as sql, type Sql } from '@prisma/client/runtime/client';
import type { OutboxMessage, OutboxStore } from '@supergraph/platform/outbox';

import type { SqlDatabase } from './sql-database.ts';

interface MessageQueueOptions {
  readonly database: SqlDatabase;
  readonly table: 'outbox_message' | 'inbox_message';
  /** Whose messages of a table that several share. */
  readonly consumer?: string;
  readonly claimMs: number;
}

type ClaimedRow = Omit<OutboxMessage, 'payload'> & { readonly payload: string };

const longestReason = 500;

/** What outbox and inbox have in common: messages wait in a table, and of each key only the oldest can be claimed. */
export function createMessageQueue({ database, table, consumer, claimMs }: MessageQueueOptions): OutboxStore {
  const messages = raw(table);
  const ofConsumer = (row: string): Sql =>
    consumer === undefined ? raw('true') : sql`${raw(row)}.consumer = ${consumer}`;

  /** A claim moves due_at alone, which no index holds, so that it costs PostgreSQL no index entry. */
  const claimDue = (limit: number, now: Date): Sql => sql`
    WITH due AS MATERIALIZED (
      SELECT sequence FROM ${messages} AS head
      WHERE ${ofConsumer('head')} AND settled_at IS NULL AND due_at <= ${now} AND NOT EXISTS (
        SELECT FROM ${messages} AS earlier
        WHERE ${ofConsumer('earlier')} AND earlier.ordering_key = head.ordering_key
          AND earlier.settled_at IS NULL AND earlier.sequence < head.sequence)
      ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE ${messages} AS message SET due_at = ${new Date(now.getTime() + claimMs)}
      FROM due WHERE message.sequence = due.sequence RETURNING message.*)
    SELECT id, topic, ordering_key AS "orderingKey", payload, attempts, created_at AS "createdAt"
    FROM claimed ORDER BY sequence`;

  /** Changes one message unless it is settled, since a late report must not revive or re-judge it. */
  async function report(id: string, changes: Sql): Promise<void> {
    await database.$queryRaw(sql`
      UPDATE ${messages} AS message SET ${changes}
      WHERE message.id = ${id} AND message.settled_at IS NULL AND ${ofConsumer('message')}`);
  }

  return {
    async claim(limit, now) {
      const rows = await database.$queryRaw<readonly ClaimedRow[]>(claimDue(limit, now));
      return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }));
    },
    delivered: (id, at) => report(id, sql`settled_at = ${at}`),
    failed: (id, { attempts, nextAttemptAt }) => report(id, sql`attempts = ${attempts}, due_at = ${nextAttemptAt}`),
    setAside: (id, at, reason) =>
      report(
        id,
        sql`settled_at = ${at}, set_aside_reason = ${reason.slice(0, longestReason)}, attempts = attempts + 1`,
      ),
  };
}
