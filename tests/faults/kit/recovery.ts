const pollMs = 50;

/**
 * Seconds from now, which is when the fault ends, until something is well again: asks over and over. Rejects when it is not
 * well within the time, by default the 35 s that we promise.
 */
export async function recovery(isWell: () => Promise<boolean>, withinSeconds = 35): Promise<number> {
  const startedAt = performance.now();
  const elapsed = (): number => (performance.now() - startedAt) / 1_000;
  while (!(await isWell())) {
    if (elapsed() > withinSeconds) throw new Error(`still not well after ${withinSeconds} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return elapsed();
}
