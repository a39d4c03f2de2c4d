import type { Clock } from '@supergraph/platform/time';

import { calendarDay } from '../domain/calendar.ts';
import type { KosCall } from '../domain/kos-call.ts';
import type { BookLook, BookPriority, ChangeReply } from '../domain/ports.ts';
import type { KosRecord, SettlementPolicy } from '../domain/reconciliation.ts';

/** What the network and KOS make of the one request. */
export const fates = ['applied', 'refused', 'lost on its way', 'answer lost', 'applied late', 'never left'] as const;

export interface KosFortune {
  readonly fate: (typeof fates)[number];
  /** For 'applied late': when KOS applies it, as a part of the time it may take. */
  readonly lateness: number;
  /** Whether KOS's books can be read, look by look; from the end of the list on they can. */
  readonly looks: readonly boolean[];
  /** How long KOS's books cannot be read at all, from the beginning. */
  readonly silentForMs: number;
  /** Whether our own quota forbids a look, whoever looks, look by look. */
  readonly isBusy: readonly boolean[];
  /** How long our own quota forbids every look, from the beginning. */
  readonly busyForMs: number;
  /** How long customers ask so much that nothing is left over for background work, from the beginning. */
  readonly loadedForMs: number;
}

/** The day on which KOS makes the change. */
export const effectiveDate = calendarDay('2026-10-01');

export const aCall: KosCall = {
  operation: 'CHANGE',
  requestedAt: new Date(0),
  respondedAt: null,
  resultCode: null,
  outcome: 'UNCLEAR',
  exchange: null,
};
export const unavailability = { code: 'KOS_UNAVAILABLE', retryAfterMs: 1_000 } as const;
const busy: KosRecord = { kind: 'unreachable', unavailability: { code: 'KOS_BUSY', retryAfterMs: 30_000 } };
const silence: KosRecord = { kind: 'unreachable', unavailability };

/** KOS with its one request, and its books about it. */
export function aDoubtfulKos(fortune: KosFortune, policy: SettlementPolicy, clock: Clock) {
  const beginMs = clock.now().getTime();
  const speaksFromMs = beginMs + fortune.silentForMs;
  const forbiddenUntilMs = {
    change: beginMs + fortune.busyForMs,
    background: beginMs + Math.max(fortune.busyForMs, fortune.loadedForMs),
  };
  let looks = 0;
  let asked = 0;
  let lastRecord: KosRecord | null = null;
  let applications = 0;
  let appliesAtMs: number | null = null;
  let isRefused = false;

  const applied = (): boolean => appliesAtMs !== null && appliesAtMs <= clock.now().getTime();
  const apply = (delayMs: number): void => {
    applications += 1;
    appliesAtMs = clock.now().getTime() + delayMs;
  };

  function books(): KosRecord {
    if (applied()) return { kind: 'accepted', effectiveDate };
    return isRefused ? { kind: 'refused', reason: 'UNPAID_BALANCE' } : { kind: 'absent' };
  }
  function isForbidden(priority: BookPriority): boolean {
    looks += 1;
    return clock.now().getTime() < forbiddenUntilMs[priority] || fortune.isBusy[looks - 1] === true;
  }
  function recordFor(nth: number, priority: BookPriority): KosRecord {
    if (isForbidden(priority)) return busy;
    asked += 1;
    const isSilent = clock.now().getTime() < speaksFromMs || fortune.looks[nth] === false;
    return isSilent ? silence : books();
  }

  return {
    applied,
    willApply: () => appliesAtMs !== null,
    applications: () => applications,
    books,
    /** How often a look got as far as KOS. */
    asked: () => asked,
    /** What the last look brought; null before the first. */
    lastRecord: () => lastRecord,
    change(): ChangeReply {
      const unclear = { kind: 'unclear', call: aCall } as const;
      switch (fortune.fate) {
        case 'applied':
          apply(0);
          return { kind: 'accepted', effectiveDate, call: aCall };
        case 'refused':
          isRefused = true;
          return { kind: 'refused', reason: 'UNPAID_BALANCE', call: aCall };
        case 'lost on its way':
          return unclear;
        case 'answer lost':
          apply(0);
          return unclear;
        case 'applied late':
          apply(Math.floor(fortune.lateness * (policy.quarantineMs - 1)));
          return unclear;
        case 'never left':
          return { kind: 'not-sent', unavailability, call: aCall };
      }
    },
    look(nth: number, priority: BookPriority): BookLook {
      const record = recordFor(nth, priority);
      lastRecord = record;
      return { record, call: aCall };
    },
  };
}
