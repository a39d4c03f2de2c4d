import { UpstreamUnavailable } from '@supergraph/platform/resilience';
import type { Clock } from '@supergraph/platform/time';

/** Stands between the lines and the circuit they share: a line KOS fails at must not close KOS to everybody else. */
export interface RestingLines {
  /**
   * Makes a call about a line. Throws UpstreamUnavailable as the call does, after which the line rests, and without
   * making the call while it rests. An answer ends the rest.
   */
  ask<T>(lineId: string, call: () => Promise<T>): Promise<T>;
}

/** The calls about one line that are wanted at the same time, such as all its months. */
interface Queue {
  callers: number;
  /** One until KOS has answered: the first call shows whether it can cope with the line. */
  atOnce: number;
  readonly underWay: Set<Promise<void>>;
}

export function createRestingLines(by: {
  readonly clock: Clock;
  readonly restMs: number;
  /** How many calls about a line that KOS answers run together: fewer than failures that open the circuit. */
  readonly atOnce: number;
  /** How many resting lines are remembered; the one that rests longest is forgotten first. */
  readonly mostResting: number;
}): RestingLines {
  const { clock, restMs, atOnce, mostResting } = by;
  const queues = new Map<string, Queue>();
  /** By line, in the order of their ends, since all rest equally long. */
  const restEndsAtMs = new Map<string, number>();

  function rest(lineId: string): void {
    restEndsAtMs.delete(lineId);
    restEndsAtMs.set(lineId, clock.now().getTime() + restMs);
    for (const longest of restEndsAtMs.keys()) {
      if (restEndsAtMs.size <= mostResting) return;
      restEndsAtMs.delete(longest);
    }
  }

  function refuseWhileResting(lineId: string): void {
    const retryAfterMs = (restEndsAtMs.get(lineId) ?? 0) - clock.now().getTime();
    if (retryAfterMs > 0) throw new UpstreamUnavailable('kos-bill', 'open', { retryAfterMs, hasStarted: false });
    restEndsAtMs.delete(lineId);
  }

  async function attempt<T>(lineId: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      restEndsAtMs.delete(lineId);
      return answer;
    } catch (error) {
      if (!(error instanceof UpstreamUnavailable) || !error.hasStarted) throw error;
      rest(lineId);
      const { target, reason, hasStarted, cause } = error;
      const retryAfterMs = Math.max(error.retryAfterMs, restMs);
      throw new UpstreamUnavailable(target, reason, { retryAfterMs, hasStarted, cause });
    }
  }

  async function inTurn<T>(queue: Queue, lineId: string, call: () => Promise<T>): Promise<T> {
    while (queue.underWay.size >= queue.atOnce) await Promise.race(queue.underWay);
    refuseWhileResting(lineId);
    const asked = attempt(lineId, call);
    const over: Promise<void> = asked.then(
      () => {
        queue.atOnce = atOnce;
        queue.underWay.delete(over);
      },
      () => {
        queue.underWay.delete(over);
      },
    );
    queue.underWay.add(over);
    return await asked;
  }

  return {
    async ask(lineId, call) {
      const queue = queues.get(lineId) ?? { callers: 0, atOnce: 1, underWay: new Set() };
      queues.set(lineId, queue);
      queue.callers += 1;
      try {
        return await inTurn(queue, lineId, call);
      } finally {
        queue.callers -= 1;
        if (queue.callers === 0) queues.delete(lineId);
      }
    },
  };
}
