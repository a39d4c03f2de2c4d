import type { Clock } from '../time/index.ts';
import { backoffMs } from './backoff.ts';
import type { Backoff } from './backoff.ts';

/** Waits for a destination that is away: longer each time, yet short enough to notice soon that it is back. */
export const outageBackoff: Backoff = { firstMs: 1_000, maxMs: 30_000 };

/** How long a destination is left alone while it is away. */
export interface Pause {
  isOn(): boolean;
  /** How long the next rest would be, in milliseconds. */
  nextMs(): number;
  /** Rests until a moment; counts as one more outage in a row. */
  begin(until: Date): void;
  /** Something got through. */
  end(): void;
}

/** Makes a pause that is off. A clock set back ends it early rather than late. */
export function createPause({ clock, random }: { readonly clock: Clock; readonly random: () => number }): Pause {
  let outages = 0;
  let rest = { fromMs: 0, untilMs: 0 };
  return {
    isOn() {
      const nowMs = clock.now().getTime();
      return rest.fromMs <= nowMs && nowMs < rest.untilMs;
    },
    nextMs: () => backoffMs(outageBackoff, outages + 1, random),
    begin(until) {
      outages += 1;
      rest = { fromMs: clock.now().getTime(), untilMs: until.getTime() };
    },
    end() {
      outages = 0;
    },
  };
}
