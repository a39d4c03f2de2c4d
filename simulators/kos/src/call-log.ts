import type { Clock } from '../../stand-in/clock.ts';
import type { OperationName, Subject } from './operations/operation.ts';

export interface Call {
  readonly at: string;
  readonly operation: OperationName | 'unknown';
  readonly transactionId: string | null;
  readonly maskedLine: string | null;
  readonly isRefused: boolean;
}

export interface CallCount {
  /** Calls that arrived within the last `windowMs`, refused ones included. */
  readonly count: number;
  /** The most that ever arrived within any 60 s, refused ones included. */
  readonly maximumIn60s: number;
  readonly total: number;
  readonly refused: number;
}

export type Admission = { readonly isAdmitted: true } | { readonly isAdmitted: false; readonly retryAfterMs: number };

export interface CallLog {
  arrived(operation: Call['operation'], subject: Subject): Admission;
  /** The latest 10,000, oldest first. */
  calls(): readonly Call[];
  count(windowMs: number): CallCount;
  reset(): void;
}

const MINUTE_MS = 60_000;
const KEPT_CALLS = 10_000;

/** Counts all calls together. A refused call is logged but takes no place in the quota. */
export function createCallLog({ clock, callsPerMinute }: { clock: Clock; callsPerMinute: number }): CallLog {
  let log: Call[] = [];
  let arrivals: number[] = [];
  let admitted: number[] = [];
  let totals = { maximumIn60s: 0, total: 0, refused: 0 };

  const admit = (nowMs: number): Admission => {
    admitted = within(admitted, nowMs, MINUTE_MS);
    const [oldest] = admitted;
    if (admitted.length < callsPerMinute || oldest === undefined) {
      admitted.push(nowMs);
      return { isAdmitted: true };
    }
    return { isAdmitted: false, retryAfterMs: oldest + MINUTE_MS - nowMs };
  };

  return {
    arrived(operation, subject) {
      const now = clock.now();
      const admission = admit(now.getTime());
      arrivals = within(arrivals, now.getTime(), MINUTE_MS);
      arrivals.push(now.getTime());
      totals = {
        maximumIn60s: Math.max(totals.maximumIn60s, arrivals.length),
        total: totals.total + 1,
        refused: totals.refused + (admission.isAdmitted ? 0 : 1),
      };
      log.push({
        at: now.toISOString(),
        operation,
        transactionId: subject.transactionId ?? null,
        maskedLine: maskLine(subject.lineNumber),
        isRefused: !admission.isAdmitted,
      });
      if (log.length >= 2 * KEPT_CALLS) log = log.slice(-KEPT_CALLS);
      return admission;
    },
    calls: () => log.slice(-KEPT_CALLS),
    count(windowMs) {
      const sinceMs = clock.now().getTime() - windowMs;
      return { count: log.filter((call) => Date.parse(call.at) > sinceMs).length, ...totals };
    },
    reset() {
      log = [];
      arrivals = [];
      admitted = [];
      totals = { maximumIn60s: 0, total: 0, refused: 0 };
    },
  };
}

/** The part of an ascending list that is younger than `windowMs`; the list itself while nothing is too old. */
function within(instants: number[], nowMs: number, windowMs: number): number[] {
  const first = instants.findIndex((at) => at > nowMs - windowMs);
  if (first === 0) return instants;
  return first === -1 ? [] : instants.slice(first);
}

function maskLine(lineNumber: string | undefined): string | null {
  return lineNumber === undefined ? null : `${lineNumber.slice(0, 3)}****${lineNumber.slice(-4)}`;
}
