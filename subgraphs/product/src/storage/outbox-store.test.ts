import { createTestDatabase } from '@supergraph/database/testing';
import { describeOutboxStoreContract } from '@supergraph/platform/outbox/contract';

import { claimMs, createOutboxStore, writeMessage } from './outbox-store.ts';
import { inTransaction, openProductDatabase } from './product-database.ts';

describeOutboxStoreContract('the product database', async () => {
  const made = await createTestDatabase('product');
  const database = openProductDatabase({ url: made.url, maxConnections: 10, onError: () => undefined });
  return {
    store: createOutboxStore(database),
    claimMs,
    add: (messages) =>
      inTransaction(database, async (tx) => {
        for (const message of messages) await writeMessage(tx, message);
      }),
    async close() {
      await database.$disconnect();
      await made.drop();
    },
  };
});
