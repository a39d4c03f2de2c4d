import { setTimeout as pause } from 'node:timers/promises';

/** Waits for something that another process or socket brings about; throws when it has not come in time (5 s). */
export async function until(what: string, isTrue: () => boolean, withinMs = 5_000): Promise<void> {
  const lastMs = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > lastMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(5);
  }
}
