import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';

import { createAdaptiveLimit } from './adaptive-limit.ts';
import type { LongWaits } from './long-waits.ts';
import type { LagMeter } from './loop-lag.ts';
import type { RequestKind } from './request-kind.ts';

/** Up to where requests of a kind are taken. */
export interface OverloadLimit {
  /** Requests of all kinds in flight, as long as the process keeps up. */
  readonly maxInFlight: number;
  /** How late the process may be before it takes fewer, in milliseconds. */
  readonly maxLagMs: number;
}

/** Refuses what the process cannot bear, reads before changes. */
export interface LoadShedding {
  /** Whether a request of a kind would be taken now. */
  hasRoomFor(kind: RequestKind): boolean;
  /** Requests that are not answered yet. */
  inFlight(): number;
  /** Runs a work if there is room for its kind, which is found out only when it matters. Throws OVERLOADED at once. */
  run<Result>(kindOf: () => RequestKind, work: () => Promise<Result>): Promise<Result>;
  close(): void;
}

const readingEveryMs = 200;
/** So many are taken however late the process is: enough to keep it busy, and no cause for being late. */
const leastInFlight = { read: 32, change: 64 } as const;

/** What a request is told that there is no room for. */
export const overload = { code: 'OVERLOADED', retryAfterMs: SECOND_MS } as const;

/**
 * Makes the load shedding of a process. What waits for slow subgraphs may be much and is bounded by number alone; of what
 * is in our own hands fewer are taken while they make the event loop late. Both give way as soon as the load does.
 */
export function createLoadShedding(options: {
  readonly limits: Readonly<Record<RequestKind, OverloadLimit>>;
  readonly meter: LagMeter;
  readonly longWaits: LongWaits;
}): LoadShedding {
  const { meter, longWaits } = options;
  const limitFor = (kind: RequestKind) => {
    const { maxInFlight: most, maxLagMs } = options.limits[kind];
    return createAdaptiveLimit({ least: leastInFlight[kind], most, maxLagMs });
  };
  const limits = { read: limitFor('read'), change: limitFor('change') };
  let inFlight = 0;
  // one request may wait for several subgraphs
  const inHand = () => Math.max(0, inFlight - longWaits.count());
  const timer = setInterval(() => {
    const lagMs = meter.readMs();
    limits.read.adjust(lagMs, inHand());
    limits.change.adjust(lagMs, inHand());
  }, readingEveryMs).unref();

  const hasRoomFor = (kind: RequestKind) =>
    inFlight < options.limits[kind].maxInFlight && inHand() < limits[kind].now();
  const hasRoomForAll = () => hasRoomFor('read') && hasRoomFor('change');

  return {
    hasRoomFor,
    inFlight: () => inFlight,
    run: async (kindOf, work) => {
      if (!hasRoomForAll() && !hasRoomFor(kindOf())) throw new CodedError(overload.code, overload);
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
