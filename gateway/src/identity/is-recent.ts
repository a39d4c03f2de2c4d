import type { Clock } from '@supergraph/platform/time';

/** Whether a moment lies no longer back than so long; one that lies ahead, since the clock was set back, tells nothing. */
export function isRecent(clock: Clock, sinceMs: number, withinMs: number): boolean {
  const ageMs = clock.now().getTime() - sinceMs;
  return ageMs >= 0 && ageMs < withinMs;
}
