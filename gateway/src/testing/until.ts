import { setTimeout as pause } from 'node:timers/promises';

/** Waits for something that another process or socket brings about; throws when it has not come within 5 s. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const lastMs = performance.now() + 5_000;
  while (!isTrue()) {
    if (performance.now() > lastMs) throw new Error(`not within 5 s: ${what}`);
    await pause(5);
  }
}
