import { afterAll, beforeAll } from '@jest/globals';
import { createInboxStore, createOutboxStore, outboxRowOf } from '@supergraph/database/message-store';
import { createTestDatabase } from '@supergraph/database/testing';
import { describeInboxStoreContract } from '@supergraph/platform/messaging/contract';
import { describeOutboxStoreContract } from '@supergraph/platform/outbox/contract';
import { createManualClock } from '@supergraph/platform/testing';

import { openBillingDatabase, type BillingDatabase } from './billing-database.ts';

const claimMs = 30_000;
const now = new Date('2026-07-01T00:00:00.000Z');
const clock = createManualClock(now.toISOString());

let made: Awaited<ReturnType<typeof createTestDatabase>>;
let database: BillingDatabase;
beforeAll(async () => {
  made = await createTestDatabase('billing');
  database = openBillingDatabase({ url: made.url, maxConnections: 10, onError: () => undefined });
});
afterAll(async () => {
  await database.$disconnect();
  await made.drop();
});

const inboxOf = (consumer: string) => createInboxStore({ database, claimMs, consumer, clock });
async function close(): Promise<void> {
  await database.outboxMessage.deleteMany();
  await database.inboxMessage.deleteMany();
}

describeOutboxStoreContract('the outbox of billing', () =>
  Promise.resolve({
    store: createOutboxStore({ database, claimMs }),
    claimMs,
    async add(messages) {
      for (const message of messages) await database.outboxMessage.create({ data: outboxRowOf(message) });
    },
    close,
  }),
);

describeOutboxStoreContract('an inbox of billing', () => {
  const store = inboxOf('teller');
  return Promise.resolve({
    store,
    claimMs,
    async add(messages) {
      for (const message of messages) await store.accept(message);
    },
    close,
  });
});

describeInboxStoreContract('billing', () =>
  Promise.resolve({ inbox: inboxOf('teller'), inboxOfAnother: inboxOf('counter'), now, close }),
);
