/** Counts the waits for others that have lasted so long that this process cannot be the reason. */
export interface LongWaits {
  count(): number;
  /** Answers as the wait does. */
  during<Result>(wait: Promise<Result>): Promise<Result>;
}

/** Longer than an answer that is there already waits to be noticed, even by a process that is as late as it may be. */
const longMs = 500;

/** Makes a count of nothing yet. */
export function createLongWaits(): LongWaits {
  let count = 0;
  return {
    count: () => count,
    during: async (wait) => {
      let counted = 0;
      const timer = setTimeout(() => {
        counted = 1;
        count += counted;
      }, longMs);
      try {
        return await wait;
      } finally {
        clearTimeout(timer);
        count -= counted;
      }
    },
  };
}
