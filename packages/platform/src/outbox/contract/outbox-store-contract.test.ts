import { createMemoryOutboxStore } from '../../testing/index.ts';
import { describeOutboxStoreContract } from './index.ts';

describeOutboxStoreContract('memory', async () => {
  const store = createMemoryOutboxStore({ claimMs: 30_000 });
  return await Promise.resolve({
    store,
    claimMs: 30_000,
    add: async (messages) => {
      store.add(messages);
      await Promise.resolve();
    },
    close: async () => {
      await Promise.resolve();
    },
  });
});
