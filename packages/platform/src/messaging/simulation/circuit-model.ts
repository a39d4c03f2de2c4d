import { isOutage } from '../../outbox/index.ts';
import { UpstreamUnavailable } from '../../resilience/index.ts';
import type { Clock } from '../../time/index.ts';

const openMs = 30_000;
const failuresInARow = 5;

/** A guard's circuit on the clock of the world: the fifth outage in a row opens it, then one call at a time probes. */
export function createCircuitModel(clock: Clock): (work: () => Promise<void>) => Promise<void> {
  let [outages, openUntilMs, isProbing] = [0, 0, false];

  return async (work) => {
    const retryAfterMs = Math.max(0, openUntilMs - clock.now().getTime());
    if (retryAfterMs > 0 || isProbing) throw new UpstreamUnavailable('It', 'open', { retryAfterMs, hasStarted: false });
    isProbing = outages >= failuresInARow;
    try {
      await work();
      outages = 0;
    } catch (error) {
      outages = isOutage(error) ? outages + 1 : 0;
      if (outages >= failuresInARow) openUntilMs = clock.now().getTime() + openMs;
      throw error;
    } finally {
      isProbing = false;
    }
  };
}
