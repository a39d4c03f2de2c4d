import { setTimeout as pause } from 'node:timers/promises';

const pollMs = 20;

/** Waits until `condition` holds, for things that happen in other processes; rejects after `withinMs`. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${withinMs} ms: ${condition.toString()}`);
    await pause(pollMs);
  }
}
