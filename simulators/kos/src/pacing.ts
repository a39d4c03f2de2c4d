/** Waits that end with the simulator: whoever still waits at `close` waits for ever, as in a crashed KOS. */
export interface Pacing {
  wait(ms: number): Promise<void>;
  close(): void;
}

export function createPacing(): Pacing {
  const timers = new Set<NodeJS.Timeout>();
  return {
    wait(ms) {
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.add(timer);
      });
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
