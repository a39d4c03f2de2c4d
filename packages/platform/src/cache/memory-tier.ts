import { LRUCache } from 'lru-cache';

import { isTouched, type Entry } from './entry.ts';

/** The entries of this process, the least recently used leaving first. */
export interface MemoryTier {
  find(key: string): Entry | undefined;
  keep(entry: Entry): void;
  /** Looks at every entry: some 0.3 ms for ten thousand, and invalidations are rare. */
  drop(names: readonly string[]): void;
  clear(): void;
}

export function createMemoryTier({ maxEntries }: { readonly maxEntries: number }): MemoryTier {
  const entries = new LRUCache<string, Entry>({ max: maxEntries });
  return {
    find: (key) => entries.get(key),
    keep: (entry) => {
      entries.set(entry.key, entry);
    },
    drop: (names) => {
      for (const [key, entry] of entries.entries()) if (isTouched(entry.names, names)) entries.delete(key);
    },
    clear: () => {
      entries.clear();
    },
  };
}
