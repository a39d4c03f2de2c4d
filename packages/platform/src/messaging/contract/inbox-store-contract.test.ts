import { describeOutboxStoreContract } from '../../outbox/contract/index.ts';
import { createMemoryInboxStore } from '../../testing/index.ts';
import { describeInboxStoreContract } from './index.ts';

const now = new Date('2026-07-01T00:00:00Z');
const close = () => Promise.resolve();

describeInboxStoreContract('memory', () =>
  Promise.resolve({ inbox: createMemoryInboxStore(), inboxOfAnother: createMemoryInboxStore(), now, close }),
);

describeOutboxStoreContract('the memory inbox', () => {
  const claimMs = 30_000;
  const store = createMemoryInboxStore({ claimMs });
  const add = async (messages: readonly Parameters<typeof store.accept>[0][]) => {
    for (const message of messages) await store.accept(message);
  };
  return Promise.resolve({ store, claimMs, add, close });
});
