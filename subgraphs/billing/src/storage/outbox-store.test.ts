import { randomBytes, randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@supergraph/database/testing';
import { createFieldCipher } from '@supergraph/platform/encryption';
import { describeOutboxStoreContract } from '@supergraph/platform/outbox/contract';

import { openBillingDatabase } from './billing-database.ts';
import { createOutboxStore } from './outbox-store.ts';

const claimMs = 60_000;
const now = new Date('2026-09-15T03:00:00Z');

async function anOutbox() {
  const made = await createTestDatabase('billing');
  const prisma = openBillingDatabase({
    url: made.url,
    maxConnections: 10,
    onError: (error) => {
      throw error;
    },
  });
  const cipher = createFieldCipher({ activeKeyId: 'k1', keys: { k1: randomBytes(32) } });
  const store = createOutboxStore({ prisma, cipher, claimMs });
  return {
    prisma,
    store,
    claimMs,
    async add(messages: readonly Parameters<typeof store.rowOf>[0][]) {
      for (const message of messages) await prisma.outboxMessage.create({ data: store.rowOf(message) });
    },
    async close() {
      await prisma.$disconnect();
      await made.drop();
    },
  };
}

describeOutboxStoreContract('billing in PostgreSQL', anOutbox);

describe('The outbox of billing', () => {
  it('sets aside what it cannot open, so that it stands in nobody’s way', async () => {
    const outbox = await anOutbox();
    const { prisma, store } = outbox;
    const ids = [randomUUID(), randomUUID()] as const;
    await outbox.add(ids.map((id) => ({ id, topic: 't', orderingKey: 'line', payload: { id }, createdAt: now })));
    await prisma.outboxMessage.update({ where: { id: ids[0] }, data: { sealedPayload: 'v1.k9.AAAA' } });
    expect(await store.claim(10, now)).toEqual([]);
    expect(await store.claim(10, now)).toMatchObject([{ id: ids[1] }]);
    const { finishedAt, setAsideFor } = await prisma.outboxMessage.findUniqueOrThrow({ where: { id: ids[0] } });
    expect([finishedAt, setAsideFor]).toEqual([now, expect.stringContaining('cannot be opened')]);
    await outbox.close();
  });
});
