import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';

import type { LagMeter } from './loop-lag.ts';
import type { RequestKind } from './request-kind.ts';
import { createValve } from './valve.ts';

/** Up to where requests of a kind are taken. */
export interface OverloadLimit {
  /** Requests of all kinds that are being answered already. */
  readonly maxInFlight: number;
  /** How late the process may be, in milliseconds. */
  readonly maxLagMs: number;
}

/** Refuses what the process cannot bear, reads before changes. */
export interface LoadShedding {
  /** Whether nothing at all would be taken now, so that a request need not even be read. */
  refusesAll(): boolean;
  /** Runs a work if there is room for its kind, which is found out only when it matters. Throws OVERLOADED at once. */
  run<Result>(kindOf: () => RequestKind, work: () => Promise<Result>): Promise<Result>;
  close(): void;
}

const readingEveryMs = 100;
/** With no more than these in flight it is not requests that make the process late, and refusing them would not help. */
const alwaysTaken = 16;

/** The refusal that costs least: made before anything of the request is parsed or planned. */
export const overloaded = (): CodedError => new CodedError('OVERLOADED', { retryAfterMs: SECOND_MS });

/**
 * Makes the load shedding of a process. Two signals, because each misses what the other sees: requests in flight (others
 * are slow), and the lag of the event loop (we are). Both give way by themselves as soon as the load does.
 */
export function createLoadShedding(options: {
  readonly limits: Readonly<Record<RequestKind, OverloadLimit>>;
  readonly meter: LagMeter;
}): LoadShedding {
  const { meter, limits } = options;
  const valves = {
    read: createValve({ closesAboveMs: limits.read.maxLagMs }),
    change: createValve({ closesAboveMs: limits.change.maxLagMs }),
  };
  let inFlight = 0;
  const timer = setInterval(() => {
    const lagMs = meter.readMs();
    valves.read.adjust(lagMs);
    valves.change.adjust(lagMs);
  }, readingEveryMs).unref();

  const mayPass = (kind: RequestKind) => inFlight < alwaysTaken || valves[kind].admits();
  const hasRoomFor = (kind: RequestKind) => inFlight < limits[kind].maxInFlight && mayPass(kind);
  const isCalm = () => inFlight < limits.read.maxInFlight && valves.read.isOpen() && valves.change.isOpen();

  return {
    refusesAll: () => inFlight >= limits.change.maxInFlight || (inFlight >= alwaysTaken && valves.change.isShut()),
    run: async (kindOf, work) => {
      if (!isCalm() && !hasRoomFor(kindOf())) throw overloaded();
      inFlight += 1;
      try {
        return await work();
      } finally {
        inFlight -= 1;
      }
    },
    close: () => {
      clearInterval(timer);
      meter.close();
    },
  };
}
