import { fieldPlace, SealBroken, type FieldCipher } from '@supergraph/platform/encryption';
import type { OutboxMessage, OutboxStore } from '@supergraph/platform/outbox';

import type { BillingDatabase } from './billing-database.ts';
import type * as table from './generated/client.ts';

/** A message as it is written, in the transaction in which what it tells happened. */
export type NewMessage = Omit<OutboxMessage, 'attempts'>;

export interface BillingOutbox extends OutboxStore {
  rowOf(message: NewMessage): table.Prisma.OutboxMessageCreateManyInput;
}

const longestReason = 500;

/** The outbox in table outbox_message; payloads sealed. A claim lapses after `claimMs`. */
export function createOutboxStore(by: {
  readonly prisma: BillingDatabase;
  readonly cipher: FieldCipher;
  readonly claimMs: number;
}): BillingOutbox {
  const { prisma, cipher, claimMs } = by;
  const placeOf = (id: string) => fieldPlace({ table: 'outbox_message', row: id, column: 'sealed_payload' });
  const finish = (id: string, data: Pick<table.OutboxMessage, 'finishedAt' | 'setAsideFor'>) =>
    prisma.outboxMessage.updateMany({ where: { id, finishedAt: null }, data });

  async function setAside(id: string, at: Date, reason: string): Promise<void> {
    await finish(id, { finishedAt: at, setAsideFor: reason.slice(0, longestReason) });
  }

  /** What cannot be opened cannot be delivered; it must not keep others from it either. */
  async function openOrSetAside(row: table.OutboxMessage, now: Date): Promise<readonly OutboxMessage[]> {
    const { id, topic, orderingKey, sealedPayload, attempts, createdAt } = row;
    try {
      const payload: unknown = JSON.parse(cipher.open(sealedPayload, placeOf(id)));
      return [{ id, topic, orderingKey, payload, attempts, createdAt }];
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      await setAside(id, now, error.message);
      return [];
    }
  }

  return {
    rowOf: ({ id, topic, orderingKey, payload, createdAt }) => ({
      id,
      topic,
      orderingKey,
      sealedPayload: cipher.seal(JSON.stringify(payload), placeOf(id)),
      createdAt,
      dueAt: createdAt,
    }),

    async claim(limit, now) {
      const lapsesAt = new Date(now.getTime() + claimMs);
      const claimed = await prisma.$queryRaw<{ readonly seq: bigint }[]>`
        WITH due AS MATERIALIZED (
          SELECT seq FROM outbox_message message
          WHERE finished_at IS NULL AND due_at <= ${now} AND NOT EXISTS (
            SELECT FROM outbox_message earlier
            WHERE earlier.ordering_key = message.ordering_key AND earlier.finished_at IS NULL
              AND earlier.seq < message.seq)
          ORDER BY seq LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        UPDATE outbox_message SET due_at = ${lapsesAt} FROM due WHERE outbox_message.seq = due.seq
        RETURNING outbox_message.seq`;
      if (claimed.length === 0) return [];
      const rows = await prisma.outboxMessage.findMany({
        where: { seq: { in: claimed.map(({ seq }) => seq) } },
        orderBy: { seq: 'asc' },
      });
      return (await Promise.all(rows.map((row) => openOrSetAside(row, now)))).flat();
    },

    async delivered(id, at) {
      await finish(id, { finishedAt: at, setAsideFor: null });
    },

    async failed(id, { attempts, nextAttemptAt }) {
      await prisma.outboxMessage.updateMany({
        where: { id, finishedAt: null },
        data: { attempts, dueAt: nextAttemptAt },
      });
    },

    setAside,
  };
}
