/** Work done one after another within each queue, side by side across queues. */
export interface Turns {
  take(queue: string, work: () => Promise<void>): void;
  /** Resolves when everything given so far is done. */
  allTaken(): Promise<void>;
}

/** Makes an empty one; the work given to it must not reject. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    take(queue, work) {
      last.set(queue, (last.get(queue) ?? Promise.resolve()).then(work));
    },
    async allTaken() {
      await Promise.all(last.values());
    },
  };
}
