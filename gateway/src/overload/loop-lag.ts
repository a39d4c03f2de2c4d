/** Measures how late this process is with what it has to do. */
export interface LagMeter {
  /** How late something that came in since the last reading was noticed, in milliseconds, on average. */
  readMs(): number;
  close(): void;
}

const tickMs = 20;

/**
 * Makes a meter of the event loop of this process: a timer that is late was held up as anything else that came in was.
 * Each delay counts as long as it lasted, because that many more requests have met it; perf_hooks counts every turn of
 * the loop once, so that many short turns hide a long one.
 */
export function createLoopLagMeter(now: () => number = () => performance.now()): LagMeter {
  let tickedAtMs = now();
  let weighedMs = 0;
  let passedMs = 0;
  const tick = () => {
    const lastedMs = now() - tickedAtMs;
    tickedAtMs += lastedMs;
    passedMs += lastedMs;
    weighedMs += lastedMs * Math.max(0, lastedMs - tickMs);
  };
  const timer = setInterval(tick, tickMs).unref();
  return {
    readMs: () => {
      tick();
      const lagMs = passedMs > 0 ? weighedMs / passedMs : 0;
      weighedMs = 0;
      passedMs = 0;
      return lagMs;
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
