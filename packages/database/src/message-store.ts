import { sqltag as sql } from '@prisma/client/runtime/client';
import type { InboxStore, Message } from '@supergraph/platform/messaging';
import type { OutboxStore } from '@supergraph/platform/outbox';
import type { Clock } from '@supergraph/platform/time';

import { createMessageQueue } from './message-store/message-queue.ts';
import type { SqlDatabase } from './message-store/sql-database.ts';

export { messageRetentions } from './message-store/message-retentions.ts';
export type { SqlDatabase } from './message-store/sql-database.ts';

interface MessageStoreOptions {
  readonly database: SqlDatabase;
  /** Longer than the longest delivery twice; what a dead process had claimed is due again after it (default 30 s). */
  readonly claimMs?: number;
}

const standardClaimMs = 30_000;

/** The outbox in table outbox_message. */
export const createOutboxStore = ({ database, claimMs = standardClaimMs }: MessageStoreOptions): OutboxStore =>
  createMessageQueue({ database, table: 'outbox_message', claimMs });

/**
 * A row of outbox_message as Prisma takes it, to be written in the transaction of what it tells about. Messages of one
 * key keep their order only when whoever writes them does so one after another.
 */
export const outboxRowOf = ({ id, topic, orderingKey, payload, createdAt }: Message) => ({
  id,
  topic,
  orderingKey,
  payload: JSON.stringify(payload),
  createdAt,
  dueAt: createdAt,
});

/** The inbox of one consumer in table inbox_message; consumers of one database do not touch each other's. */
export function createInboxStore({
  database,
  claimMs = standardClaimMs,
  consumer,
  clock,
}: MessageStoreOptions & { readonly consumer: string; readonly clock: Clock }): InboxStore {
  const queue = createMessageQueue({ database, table: 'inbox_message', claimMs, consumer });
  return {
    ...queue,
    async accept({ id, topic, orderingKey, payload, createdAt }) {
      const receivedAt = clock.now();
      await database.$queryRaw(sql`
        INSERT INTO inbox_message (consumer, id, topic, ordering_key, payload, created_at, received_at, due_at)
        VALUES (${consumer}, ${id}, ${topic}, ${orderingKey}, ${JSON.stringify(payload)},
                ${createdAt}, ${receivedAt}, ${receivedAt})
        ON CONFLICT (consumer, id) DO NOTHING`);
    },
  };
}
