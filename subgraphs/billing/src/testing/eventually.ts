import { setTimeout as pause } from 'node:timers/promises';

/** Waits until it is so, for what happens beside the answers; rejects after 20 s. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`still not so after 20 s: ${isSo.toString()}`);
    await pause(10);
  }
}
