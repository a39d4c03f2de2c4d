import type { Clock } from '../time/index.ts';
import { tellsNothing } from './inconclusive.ts';
import { UpstreamUnavailable } from './upstream-unavailable.ts';

/**
 * Stands between the subjects of calls, such as single accounts, and the circuit they share: one that the dependency
 * fails at must not close it to everybody else.
 */
export interface RestingSubjects {
  /**
   * Makes a call about a subject. Throws UpstreamUnavailable as the call does, after which the subject may rest, and
   * without making the call while it rests. An answer ends the rest; a call not made, or cut short, is no failure.
   */
  ask<T>(subject: string, call: () => Promise<T>): Promise<T>;
}

export interface RestingSubjectsOptions {
  /** The dependency, as refusals name it. */
  readonly target: string;
  readonly clock: Clock;
  readonly restMs: number;
  /** How many failures in a row a subject is allowed before it rests (default 1); each one after them lets it rest again. */
  readonly failuresToRest?: number;
  /** How many calls about a subject that is answered run together: fewer than failures that open the circuit. */
  readonly atOnce: number;
  /** How many failing subjects are remembered; the one that failed longest ago comes to be forgotten first. */
  readonly mostResting: number;
}

/** The calls about one subject that are wanted at the same time. */
interface Queue {
  callers: number;
  /** One until there was an answer: the first call shows whether the dependency can cope with the subject. */
  atOnce: number;
  readonly underWay: Set<Promise<void>>;
}

/** The failures of one subject in a row; it rests since the last of them when they are enough. */
interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
}

export function createRestingSubjects(options: RestingSubjectsOptions): RestingSubjects {
  const { target, clock, restMs, failuresToRest = 1, atOnce, mostResting } = options;
  const queues = new Map<string, Queue>();
  /** By subject, in the order of their last failures. */
  const failures = new Map<string, Failures>();

  /** Whether it rests now. */
  function failed(subject: string): boolean {
    const count = (failures.get(subject)?.count ?? 0) + 1;
    failures.delete(subject);
    failures.set(subject, { count, lastAtMs: clock.now().getTime() });
    for (const oldest of failures.keys()) {
      if (failures.size <= mostResting) break;
      failures.delete(oldest);
    }
    return count >= failuresToRest;
  }

  /** More than a whole rest is left only where the clock was set back: then it is over. */
  function refuseWhileResting(subject: string): void {
    const { count, lastAtMs } = failures.get(subject) ?? { count: 0, lastAtMs: 0 };
    const retryAfterMs = lastAtMs + restMs - clock.now().getTime();
    const isResting = count >= failuresToRest && retryAfterMs > 0 && retryAfterMs <= restMs;
    if (isResting) throw new UpstreamUnavailable(target, 'open', { retryAfterMs, hasStarted: false });
  }

  async function attempt<T>(subject: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      failures.delete(subject);
      return answer;
    } catch (error) {
      if (!isFailure(error) || !failed(subject)) throw error;
      const { reason, hasStarted, cause } = error;
      const retryAfterMs = Math.max(error.retryAfterMs, restMs);
      throw new UpstreamUnavailable(error.target, reason, { retryAfterMs, hasStarted, cause });
    }
  }

  async function inTurn<T>(queue: Queue, subject: string, call: () => Promise<T>): Promise<T> {
    while (queue.underWay.size >= queue.atOnce) await Promise.race(queue.underWay);
    refuseWhileResting(subject);
    const asked = attempt(subject, call);
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
    async ask(subject, call) {
      const queue = queues.get(subject) ?? { callers: 0, atOnce: 1, underWay: new Set() };
      queues.set(subject, queue);
      queue.callers += 1;
      try {
        return await inTurn(queue, subject, call);
      } finally {
        queue.callers -= 1;
        if (queue.callers === 0) queues.delete(subject);
      }
    },
  };
}

const isFailure = (error: unknown): error is UpstreamUnavailable =>
  error instanceof UpstreamUnavailable && error.hasStarted && !tellsNothing(error.cause);
