import { DatabaseLost } from './database-loss.ts';

/** Reads, and while the database does not answer gives what was last read under the same key. Rejects as the read does. */
export type ReadLastKnown<Value> = (key: string, read: () => Promise<Value>) => Promise<LastKnown<Value>>;

export interface LastKnown<Value> {
  readonly value: Value;
  readonly isRemembered: boolean;
}

/** Remembers the newest of what was read, in this process alone and never longer than a time. */
export function createLastKnown<Value>(limits: {
  readonly most: number;
  readonly longestMs: number;
  readonly clock: { now(): Date };
}): ReadLastKnown<Value> {
  const { most, longestMs, clock } = limits;
  const remembered = new Map<string, { readonly value: Value; readonly readAtMs: number }>();

  function remember(key: string, value: Value): void {
    // The map keeps the order of writing: what was written longest ago goes first.
    remembered.delete(key);
    remembered.set(key, { value, readAtMs: clock.now().getTime() });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= most) break;
      remembered.delete(oldest);
    }
  }

  return async (key, read) => {
    try {
      const value = await read();
      remember(key, value);
      return { value, isRemembered: false };
    } catch (error) {
      const last = remembered.get(key);
      const isUsable = last !== undefined && clock.now().getTime() - last.readAtMs <= longestMs;
      if (!(error instanceof DatabaseLost) || !isUsable) throw error;
      return { value: last.value, isRemembered: true };
    }
  };
}
