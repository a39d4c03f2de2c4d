/** Lets those who wait go on one at a time, in an order that the schedule chooses. */
export interface Turnstile {
  /** Resolves when it is the caller's turn. */
  turn(): Promise<void>;
  /** Turns until the work is done; rejects when it waits for something that never comes. */
  turnUntil(work: Promise<unknown>): Promise<void>;
}

/** Makes one; `pick` names the next of so many who wait. */
export function createTurnstile(pick: (waiting: number) => number): Turnstile {
  const waiting: (() => void)[] = [];
  return {
    turn: () => new Promise((resolve) => waiting.push(resolve)),
    async turnUntil(work) {
      const state = { isDone: false, idle: 0 };
      const done = work.finally(() => (state.isDone = true));
      while (!state.isDone) {
        // By then everything has gone as far as it can by itself.
        await new Promise((resolve) => setImmediate(resolve));
        const [next] = waiting.splice(pick(waiting.length), 1);
        next?.();
        state.idle = next === undefined ? state.idle + 1 : 0;
        if (state.idle > 100) throw new Error('Everybody waits, and not for a turn');
      }
      await done;
    },
  };
}
