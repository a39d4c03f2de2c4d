import { z } from 'zod';
import type { Journal } from '../../stand-in/journal.ts';
import { createTurns } from '../../stand-in/turns.ts';
import type { Clock } from '../../stand-in/clock.ts';
import { dayInSeoul } from './calendar.ts';

const resultCode = z.enum(['0000', 'E001', 'E101', 'E102', 'E103', 'E400']);

const changeRecord = z.object({
  transactionId: z.string(),
  lineNumber: z.string(),
  previousProductCode: z.string(),
  newProductCode: z.string(),
  changeReason: z.string(),
  /** As asked for; `effectiveDate` is what KOS made of it. */
  requestedDate: z.string(),
  effectiveDate: z.string(),
  changeDate: z.string(),
  resultCode,
  errorDetail: z.string().nullable(),
  /** Epoch milliseconds before which nobody can see the record: KOS is "still working on it". */
  visibleFromMs: z.number(),
});

/** What KOS decided about one transaction id, for ever. */
export type ChangeRecord = z.infer<typeof changeRecord>;
export type ChangeResult = ChangeRecord['resultCode'];

export const decodeChangeRecord = (raw: unknown): ChangeRecord => changeRecord.parse(raw);

export interface ChangeLedger {
  load(): Promise<void>;
  /** One decision at a time; the record is on disk before this resolves. A known id is returned as it stands. */
  decide(transactionId: string, decision: () => ChangeRecord): Promise<Decision>;
  find(transactionId: string): ChangeRecord | undefined;
  /** Accepted changes of a line that are visible now, in the order in which they take effect. */
  acceptedOf(lineNumber: string): readonly ChangeRecord[];
  all(): readonly ChangeRecord[];
  close(): Promise<void>;
}

export interface Decision {
  readonly isNew: boolean;
  readonly record: ChangeRecord;
}

export function createChangeLedger(journal: Journal<ChangeRecord>, clock: Clock): ChangeLedger {
  const records = new Map<string, ChangeRecord>();
  const accepted = new Map<string, ChangeRecord[]>();
  const inTurn = createTurns();

  const keep = (record: ChangeRecord): void => {
    records.set(record.transactionId, record);
    if (record.resultCode !== '0000') return;
    accepted.set(record.lineNumber, [...(accepted.get(record.lineNumber) ?? []), record]);
  };

  return {
    async load() {
      for (const record of await journal.load()) keep(record);
    },
    decide: (transactionId, decision) =>
      inTurn(async () => {
        const known = records.get(transactionId);
        if (known) return { isNew: false, record: known };
        const record = decision();
        await journal.append(record);
        keep(record);
        return { isNew: true, record };
      }),
    find(transactionId) {
      const record = records.get(transactionId);
      return record && isVisible(record, clock) ? record : undefined;
    },
    acceptedOf: (lineNumber) =>
      (accepted.get(lineNumber) ?? []).filter((record) => isVisible(record, clock)).toSorted(inOrderOfEffect),
    all: () => [...records.values()],
    close: () => inTurn(() => journal.close()),
  };
}

export function isVisible(record: ChangeRecord, clock: Clock): boolean {
  return record.visibleFromMs <= clock.now().getTime();
}

function inOrderOfEffect(one: ChangeRecord, other: ChangeRecord): number {
  return one.effectiveDate.localeCompare(other.effectiveDate) || one.visibleFromMs - other.visibleFromMs;
}

export type ChangeStatus = 'APPLIED' | 'BOOKED' | 'REFUSED';

export function statusOf(record: ChangeRecord, clock: Clock): ChangeStatus {
  if (record.resultCode !== '0000') return 'REFUSED';
  return record.effectiveDate <= dayInSeoul(clock.now()) ? 'APPLIED' : 'BOOKED';
}
