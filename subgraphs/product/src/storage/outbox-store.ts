import type { OutboxMessage, OutboxStore } from '@supergraph/platform/outbox';
import { SECOND_MS } from '@supergraph/platform/time';

import { Prisma } from './generated/client.ts';
import type { ProductDatabase, Transaction } from './product-database.ts';

/** Longer than any delivery takes; after a crash the message is due again once this is over. */
export const claimMs = 30 * SECOND_MS;

/** A message as it is written; who delivers it is not known there. */
export interface NewMessage {
  readonly id: string;
  readonly topic: string;
  readonly orderingKey: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** Writes a message in the transaction of what it tells about. */
export async function writeMessage(tx: Transaction, message: NewMessage): Promise<void> {
  const payload = JSON.stringify(message.payload);
  await tx.$executeRaw`
    INSERT INTO outbox_message (id, topic, ordering_key, payload, created_at, due_at)
    VALUES (${message.id}, ${message.topic}, ${message.orderingKey}, ${payload}::jsonb,
            ${message.createdAt}, ${message.createdAt})`;
}

type Claimed = Omit<OutboxMessage, 'payload'> & { readonly sequence: bigint; readonly payload: Prisma.JsonValue };

/** The outbox in the product database. Of each key only the oldest pending message can be claimed. */
export function createOutboxStore(database: ProductDatabase): OutboxStore {
  const pending = (id: string) => ({ id, settledAt: null });

  return {
    async claim(limit, now) {
      const lapsesAt = new Date(now.getTime() + claimMs);
      const claimed = await database.$queryRaw<Claimed[]>`
        UPDATE outbox_message SET due_at = ${lapsesAt}
        WHERE sequence IN (
          SELECT sequence FROM outbox_message AS head
          WHERE settled_at IS NULL AND due_at <= ${now} AND NOT EXISTS (
            SELECT FROM outbox_message AS earlier
            WHERE earlier.ordering_key = head.ordering_key AND earlier.settled_at IS NULL
              AND earlier.sequence < head.sequence
          )
          ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED
        )
        RETURNING sequence, id, topic, ordering_key AS "orderingKey", payload, attempts, created_at AS "createdAt"`;
      return claimed.sort(bySequence).map(({ sequence: _, ...message }) => message);
    },
    async delivered(id, at) {
      await database.outboxMessage.updateMany({ where: pending(id), data: { settledAt: at } });
    },
    async failed(id, { attempts, nextAttemptAt }) {
      await database.outboxMessage.updateMany({ where: pending(id), data: { attempts, dueAt: nextAttemptAt } });
    },
    async setAside(id, at, reason) {
      await database.outboxMessage.updateMany({
        where: pending(id),
        data: { settledAt: at, setAsideReason: reason.slice(0, 500), attempts: { increment: 1 } },
      });
    },
  };
}

const bySequence = (one: Claimed, other: Claimed): number => (one.sequence < other.sequence ? -1 : 1);
