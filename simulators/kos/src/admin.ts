import type { Bill } from './bill.ts';
import { statusOf, type ChangeLedger, type ChangeRecord, type ChangeStatus } from './change-ledger.ts';
import type { Call, CallCount, CallLog } from './call-log.ts';
import type { Clock } from '../../stand-in/clock.ts';
import { readFaultRules, type FaultRule, type FaultRuleInput, type Faults } from './faults.ts';
import type { LineProperties, LineQuery } from './find-lines.ts';
import type { Door } from '../../stand-in/door.ts';

/** What a test or a chaos script may do to KOS behind its back; the admin door offers the same over HTTP. */
export interface KosAdmin {
  readonly faults: {
    list(): readonly FaultRule[];
    replace(rules: readonly FaultRuleInput[]): void;
    clear(): void;
  };
  calls(): readonly Call[];
  callCount(windowMs?: number): CallCount;
  /** Every decision, hidden late ones included. */
  changes(): readonly ChangeView[];
  findLines(query: LineQuery): readonly LineProperties[];
  /** The bill of a line for a month, YYYYMM, as KOS would answer it now; null without one. No call, so it is not counted. */
  billOf(lineNumber: string, month: string): Bill | null;
  /** Forgets faults and counters; changes stay. */
  reset(): void;
  /** Refuses connections until `resume`, which listens on the same port again. */
  stopListening(): Promise<void>;
  resume(): Promise<void>;
}

export type ChangeView = ChangeRecord & { readonly status: ChangeStatus };

interface Deps {
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly ledger: ChangeLedger;
  readonly findLines: (query: LineQuery) => LineProperties[];
  readonly billOf: (lineNumber: string, month: string) => Bill | null;
  readonly clock: Clock;
  readonly door: Door;
}

const MINUTE_MS = 60_000;

export function createKosAdmin({ faults, calls, ledger, findLines, billOf, clock, door }: Deps): KosAdmin {
  return {
    faults: {
      list: () => faults.list(),
      replace: (rules) => {
        faults.replace(readFaultRules(rules));
      },
      clear: () => {
        faults.clear();
      },
    },
    calls: () => calls.calls(),
    callCount: (windowMs = MINUTE_MS) => calls.count(windowMs),
    changes: () => ledger.all().map((record) => ({ ...record, status: statusOf(record, clock) })),
    findLines,
    billOf,
    reset() {
      faults.clear();
      calls.reset();
    },
    stopListening: () => door.shut(),
    async resume() {
      await door.open();
    },
  };
}
