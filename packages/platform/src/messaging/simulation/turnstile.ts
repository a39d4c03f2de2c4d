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
    turnUntil: (work) =>
      new Promise((resolve, reject) => {
        const state = { isDone: false, idle: 0 };
        // Each time, everything has gone as far as it can by itself.
        const goOn = (): void => {
          if (state.isDone) return;
          const [next] = waiting.splice(pick(waiting.length), 1);
          next?.();
          state.idle = next === undefined ? state.idle + 1 : 0;
          if (state.idle > 100) reject(new Error('Everybody waits, and not for a turn'));
          else setImmediate(goOn);
        };
        work
          .finally(() => (state.isDone = true))
          .then(() => {
            resolve();
          }, reject);
        setImmediate(goOn);
      }),
  };
}
