import { BreakerError, Bulkhead, BulkheadOverloadError, BulkheadQueueWaitError, Circuit } from 'mollitia';
import type { Module } from 'mollitia';
import { systemClock } from '../time/index.ts';
import type { Clock } from '../time/index.ts';
import { Breaker } from './breaker.ts';
import type { BreakerPolicy, CircuitState } from './breaker.ts';
import { callWithTimeout, CutShort, TimedOut } from './call-with-timeout.ts';
import { createCircuits } from './circuits.ts';
import type { Circuits } from './circuits.ts';
import type { Priority, Quota } from './quota.ts';
import { UpstreamUnavailable } from './upstream-unavailable.ts';

/** What one dependency may be asked to bear; times in milliseconds. */
export interface GuardPolicy {
  readonly timeoutMs: number;
  /** A caller with less than this left is refused before it spends anything (default 50). */
  readonly leastTimeMs?: number;
  readonly bulkhead: { readonly concurrent: number; readonly queue: number; readonly queueWaitMs: number };
  readonly breaker: BreakerPolicy;
}

export interface GuardOptions {
  /** One of a kind among the circuits of the process. */
  readonly name: string;
  readonly policy: GuardPolicy;
  /** Without one, calls are not counted. */
  readonly quota?: Quota;
  /** Where changes of the state are told, and agreed upon with other instances; without it nobody hears of them. */
  readonly circuits?: Circuits | undefined;
  /** Read only to turn a caller's deadline into the time left. */
  readonly clock?: Clock;
}

export interface CallOptions {
  /** When the caller stops waiting: the work gets the time until then, at most `policy.timeoutMs`. */
  readonly deadline?: Date | undefined;
  /** `interactive` unless told. */
  readonly priority?: Priority | undefined;
}

/** Stands before one dependency: make one at start, never per request, and dispose of it at the end. */
export interface Guard {
  /**
   * Runs the work or throws `UpstreamUnavailable`. The work throws for failures only: a refusal by the dependency's
   * business rules is a returned value, since whatever is thrown counts against the dependency, lateness included; but
   * not the lateness of work that its caller gave much less than `policy.timeoutMs`, nor what it throws as Inconclusive.
   */
  call<T>(work: (signal: AbortSignal) => Promise<T>, options?: CallOptions): Promise<T>;
  state(): CircuitState;
  /** Stops the timers; results that arrive later change nothing. */
  dispose(): void;
}

const defaultLeastTimeMs = 50;
/** Work that was given less than this part of its time and is late tells nothing. Deadlines as long lose a little on the way. */
const tellingPart = 0.8;

/**
 * Puts quota, bulkhead, breaker and timeout, in this order, before a dependency. What is refused before the breaker
 * never touches it, and a call refused after the quota gives its place there back.
 */
export function createGuard(options: GuardOptions): Guard {
  const { name, policy, quota, circuits = createCircuits(), clock = systemClock } = options;
  const breaker = circuits.admit(name, {
    probeMs: policy.breaker.halfOpenMaxMs,
    make: (around) => new Breaker(policy.breaker, around),
  });
  const circuit = circuitOf(name, breaker);
  const slots = circuitOf(name, bulkheadOf(policy.bulkhead));

  const refusal = (reason: 'open' | 'busy' | 'quota' | 'timeout', retryAfterMs: number, cause?: unknown) =>
    new UpstreamUnavailable(name, reason, { retryAfterMs, hasStarted: false, cause });

  const failure = (cause: unknown) =>
    new UpstreamUnavailable(name, cause instanceof TimedOut ? 'timeout' : 'failed', {
      retryAfterMs: breaker.waitMs,
      hasStarted: true,
      cause,
    });

  const explainRefusal = (error: unknown): unknown => {
    if (error instanceof BulkheadOverloadError || error instanceof BulkheadQueueWaitError)
      return refusal('busy', policy.bulkhead.queueWaitMs, error);
    return error instanceof BreakerError ? refusal('open', breaker.waitMs, error) : error;
  };

  function timeoutFor(deadline: Date | undefined): number {
    if (deadline === undefined) return policy.timeoutMs;
    const leftMs = deadline.getTime() - clock.now().getTime();
    if (leftMs < (policy.leastTimeMs ?? defaultLeastTimeMs)) throw refusal('timeout', 0);
    return Math.min(leftMs, policy.timeoutMs);
  }

  return {
    async call<T>(work: (signal: AbortSignal) => Promise<T>, { deadline, priority }: CallOptions = {}): Promise<T> {
      timeoutFor(deadline);
      if (breaker.isRefusing) throw refusal('open', breaker.waitMs);
      const place = await quota?.take(priority ?? 'interactive');
      if (place?.isGranted === false) throw refusal('quota', place.retryAfterMs);

      const progress = { hasStarted: false };
      const inSlot = async (): Promise<T> => {
        const timeoutMs = timeoutFor(deadline);
        const start = async (): Promise<T> => {
          progress.hasStarted = true;
          return await callWithTimeout(
            work,
            timeoutMs,
            timeoutMs < tellingPart * policy.timeoutMs ? CutShort : TimedOut,
          );
        };
        return await circuit.fn(start).execute<T>();
      };
      try {
        return await slots.fn(inSlot).execute<T>();
      } catch (error) {
        if (progress.hasStarted) throw failure(error);
        place?.giveBack();
        throw explainRefusal(error);
      }
    },
    state: () => breaker.circuitState,
    dispose: () => {
      circuits.dismiss(name);
      slots.dispose();
      circuit.dispose();
    },
  };
}

function circuitOf(name: string, module: Module): Circuit {
  const circuit = new Circuit();
  circuit.name = name;
  circuit.modules = [module];
  return circuit;
}

function bulkheadOf({ concurrent, queue, queueWaitMs }: GuardPolicy['bulkhead']): Bulkhead {
  const bulkhead = new Bulkhead();
  bulkhead.concurrentSize = concurrent;
  bulkhead.queueSize = queue;
  bulkhead.maxQueueWait = queueWaitMs;
  return bulkhead;
}
