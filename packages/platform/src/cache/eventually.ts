import { setImmediate as nextTick } from 'node:timers/promises';

/** Waits until the check passes, for what another instance does in its own time; fails with the check's last error. */
export async function eventually(check: () => Promise<void> | void, withinMs = 5_000): Promise<void> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await nextTick();
    }
  }
}

/** A promise that a test settles by hand. */
export function aGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
