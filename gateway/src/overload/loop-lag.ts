import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Measures how late this process is with what it has to do. */
export interface LagMeter {
  /** How late the event loop was on average since the last reading, in milliseconds. */
  readMs(): number;
  close(): void;
}

const resolutionMs = 10;
const nanosecondsInMs = 1e6;

/** Makes a meter of the event loop of this process. */
export function createLoopLagMeter(): LagMeter {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return {
    readMs: () => {
      // not a number when the loop has not come round since
      const meanMs = delays.mean / nanosecondsInMs || resolutionMs;
      delays.reset();
      return Math.max(0, meanMs - resolutionMs);
    },
    close: () => {
      delays.disable();
    },
  };
}
