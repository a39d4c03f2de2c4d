import { CodedError } from '@supergraph/platform/errors';
import { MINUTE_MS, SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { AuditRecord } from './audit-record.ts';
import type { ChainEnd } from './chain.ts';
import type { ChainWriter } from './chain-writer.ts';

/** Writes records down, in the order in which they come. */
export interface AuditTrail {
  /** Resolves once the record is in the database. Throws AUDIT_UNAVAILABLE when that cannot be had now. */
  insist(record: AuditRecord): Promise<void>;
  /** Resolves once the record is in the database; while that is away or slow, once it has a place in memory. */
  note(record: AuditRecord): Promise<void>;
  /** Whether what is noted next has a place, should the database stay away. */
  hasRoom(): boolean;
  /** Writes down what waits; what the database does not take then is lost, and its number told. */
  close(): Promise<void>;
}

/** What the trail tells besides. */
export interface TrailEvents {
  /** Told once when the database stops taking records, and once when it takes them again. */
  readonly away: (error: unknown) => void;
  readonly back: (heldRecords: number) => void;
  /** Where the chain ends, now and then: kept elsewhere, it shows when the end was cut off. */
  readonly anchor: (end: ChainEnd) => void;
  readonly lost: (records: number) => void;
}

/** How many records wait for the database before reads are refused. */
export const mostHeld = 10_000;
const mostAtOnce = 500;
const retryMs = SECOND_MS;
/** How long an answer waits for its record while the database takes its time. */
const patienceMs = SECOND_MS / 2;
const anchorEveryMs = 10 * MINUTE_MS;

interface Waiting {
  readonly written: () => void;
  /** What becomes of whoever waits while the database does not take records. */
  readonly unwritten: (error?: unknown) => 'held' | 'given up';
}

const unavailable = (cause?: unknown): CodedError =>
  new CodedError('AUDIT_UNAVAILABLE', { retryAfterMs: retryMs, cause });

/**
 * Makes the trail of one gateway. Records that come while others are being written are written together next, so one
 * statement is under way at most, and nobody waits for a timer.
 */
export function createAuditTrail(by: {
  readonly writer: ChainWriter;
  readonly clock: Clock;
  readonly events: TrailEvents;
}): AuditTrail {
  const { writer, clock, events } = by;
  /** In the order of coming, which a map keeps. */
  const waiting = new Map<AuditRecord, Waiting>();
  let state: 'taking' | 'slow' | 'away' = 'taking';
  let isWriting = false;
  let underWay: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let isClosing = false;
  let anchoredAtMs = Number.NEGATIVE_INFINITY;

  function settle(records: readonly AuditRecord[]): void {
    for (const record of records) {
      waiting.get(record)?.written();
      waiting.delete(record);
    }
  }

  function goAway(error: unknown): void {
    if (state !== 'away') events.away(error);
    state = 'away';
    for (const [record, { unwritten }] of waiting) if (unwritten(error) === 'given up') waiting.delete(record);
    if (!isClosing) retry ??= setTimeout(tryAgain, retryMs).unref();
  }

  function comeBack(): void {
    if (state === 'away') events.back(waiting.size);
    state = 'taking';
    const [end, nowMs] = [writer.end(), clock.now().getTime()];
    if (end === null || nowMs - anchoredAtMs < anchorEveryMs) return;
    anchoredAtMs = nowMs;
    events.anchor(end);
  }

  function tryAgain(): void {
    retry = undefined;
    // With nothing to try it with, whoever comes next finds out.
    if (waiting.size === 0) state = 'taking';
    else start();
  }

  function beSlow(): void {
    if (state === 'taking') state = 'slow';
    for (const { unwritten } of waiting.values()) unwritten();
  }

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      const late = setTimeout(beSlow, patienceMs);
      try {
        settle(await writer.add([...waiting.keys()].slice(0, mostAtOnce)));
        comeBack();
      } catch (error) {
        goAway(error);
        break;
      } finally {
        clearTimeout(late);
      }
    }
    isWriting = false;
  }

  function start(): void {
    if (isWriting) return;
    isWriting = true;
    underWay = writeAll();
  }

  function wait(record: AuditRecord, entry: Waiting): void {
    waiting.set(record, entry);
    if (state !== 'away') start();
  }

  return {
    hasRoom: () => waiting.size < mostHeld,

    insist: (record) =>
      new Promise((resolve, reject) => {
        if (state === 'away') reject(unavailable());
        else
          wait(record, {
            written: resolve,
            unwritten(error) {
              if (error === undefined) return 'held';
              reject(unavailable(error));
              return 'given up';
            },
          });
      }),

    note: (record) =>
      new Promise((resolve) => {
        wait(record, {
          written: resolve,
          unwritten() {
            resolve();
            return 'held';
          },
        });
        if (state !== 'taking') resolve();
      }),

    async close() {
      isClosing = true;
      clearTimeout(retry);
      await underWay;
      start();
      await underWay;
      if (waiting.size > 0) events.lost(waiting.size);
    },
  };
}
