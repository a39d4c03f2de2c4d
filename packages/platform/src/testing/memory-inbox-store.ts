import type { InboxStore } from '../messaging/index.ts';
import { createMemoryOutboxStore, type MemoryOutboxStore } from './memory-outbox-store.ts';

/** The inbox store in memory, for one consumer. */
export interface MemoryInboxStore extends InboxStore, Omit<MemoryOutboxStore, 'add'> {}

/** Makes an empty store; a claim lapses after `claimMs`. */
export function createMemoryInboxStore(options?: { readonly claimMs: number }): MemoryInboxStore {
  const store = createMemoryOutboxStore(options);
  const seen = new Set<string>();
  return {
    ...store,
    accept(message) {
      if (!seen.has(message.id)) store.add([message]);
      seen.add(message.id);
      return Promise.resolve();
    },
  };
}
