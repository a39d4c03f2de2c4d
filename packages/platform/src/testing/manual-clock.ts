import type { Clock } from '../time/index.ts';

/** A clock that only a test moves. */
export interface ManualClock extends Clock {
  /** Moves the clock forward (or back, when negative) by milliseconds. */
  advance(ms: number): void;
  /** Sets the clock to an ISO 8601 moment. */
  set(iso: string): void;
}

/** Makes a clock that stands still at an ISO 8601 moment until a test moves it. */
export function createManualClock(iso: string): ManualClock {
  let nowMs = Date.parse(iso);
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms;
    },
    set: (to) => {
      nowMs = Date.parse(to);
    },
  };
}
