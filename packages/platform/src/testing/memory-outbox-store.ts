import type { OutboxMessage, OutboxStore } from '../outbox/index.ts';

interface Entry {
  message: OutboxMessage;
  fate: 'pending' | 'delivered' | 'set-aside';
  dueAtMs: number;
}

/** The outbox store in memory, the reference that the contract suite is proven with. */
export interface MemoryOutboxStore extends OutboxStore {
  add(messages: readonly Omit<OutboxMessage, 'attempts'>[]): void;
  /** The ids that ended so, in the order of writing. */
  idsOf(fate: 'pending' | 'delivered' | 'set-aside'): readonly string[];
}

/** Makes an empty store; a claim lapses after `claimMs`. */
export function createMemoryOutboxStore({ claimMs = 30_000 } = {}): MemoryOutboxStore {
  const entries: Entry[] = [];
  const change = (id: string, apply: (entry: Entry) => void): Promise<void> => {
    const entry = entries.find(({ message, fate }) => message.id === id && fate === 'pending');
    if (entry !== undefined) apply(entry);
    return Promise.resolve();
  };

  return {
    add(messages) {
      for (const message of messages)
        entries.push({ message: { ...message, attempts: 0 }, fate: 'pending', dueAtMs: 0 });
    },
    idsOf: (fate) => entries.filter((entry) => entry.fate === fate).map(({ message }) => message.id),
    claim(limit, now) {
      const heads = new Map<string, Entry>();
      for (const entry of entries)
        if (entry.fate === 'pending' && !heads.has(entry.message.orderingKey))
          heads.set(entry.message.orderingKey, entry);
      const claimed = [...heads.values()].filter((entry) => entry.dueAtMs <= now.getTime()).slice(0, limit);
      for (const entry of claimed) entry.dueAtMs = now.getTime() + claimMs;
      return Promise.resolve(claimed.map(({ message }) => message));
    },
    delivered: (id) => change(id, (entry) => (entry.fate = 'delivered')),
    setAside: (id) => change(id, (entry) => (entry.fate = 'set-aside')),
    failed: (id, { attempts, nextAttemptAt }) =>
      change(id, (entry) => {
        entry.message = { ...entry.message, attempts };
        entry.dueAtMs = nextAttemptAt.getTime();
      }),
  };
}
