import { LRUCache } from 'lru-cache';

import type { Entry } from './entry.ts';

/** The entries of this process, the least recently used leaving first. */
export interface MemoryTier {
  find(key: string): Entry | undefined;
  keep(entry: Entry): void;
  drop(names: readonly string[]): void;
  clear(): void;
}

/** Makes an empty memory for so many entries. */
export function createMemoryTier({ maxEntries }: { readonly maxEntries: number }): MemoryTier {
  // Looking through ten thousand entries for a tag would hold up every other request.
  const keysByName = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Entry>({ max: maxEntries, dispose: unlist });

  function list({ key, names }: Entry): void {
    for (const name of names) keysByName.set(name, (keysByName.get(name) ?? new Set()).add(key));
  }

  function unlist({ key, names }: Entry): void {
    for (const name of names) {
      const keys = keysByName.get(name);
      keys?.delete(key);
      if (keys?.size === 0) keysByName.delete(name);
    }
  }

  return {
    find: (key) => entries.get(key),
    keep(entry) {
      entries.set(entry.key, entry);
      // After set, which unlists the entry it replaces.
      list(entry);
    },
    drop(names) {
      for (const name of names) for (const key of [...(keysByName.get(name) ?? [])]) entries.delete(key);
    },
    clear() {
      entries.clear();
    },
  };
}
