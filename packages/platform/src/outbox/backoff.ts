/** How long to wait after failures: `firstMs`, doubled each time, never above `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const standardBackoff: Backoff = { firstMs: 1_000, maxMs: 300_000 };

/** Milliseconds after the given number of failures; a random half is taken off so that retries do not march in step. */
export function backoffMs({ firstMs, maxMs }: Backoff, failures: number, random: () => number): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return Math.ceil(fullMs * (1 - random() / 2));
}
