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
  /** Whether our own quota forbids an operator's look, look by look. */
  readonly isBusy: readonly boolean[];
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
const busy: KosRecord = { kind: 'unreachable', unavailability: { code: 'KOS_BUSY', retryAfterMs: 1_000 } };
const silence: KosRecord = { kind: 'unreachable', unavailability };

/** KOS with its one request, and its books about it. */
export function aDoubtfulKos(fortune: KosFortune, policy: SettlementPolicy, clock: Clock) {
  const speaksFromMs = clock.now().getTime() + fortune.silentForMs;
  let operatorLooks = 0;
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
  function recordFor(nth: number, priority: BookPriority): KosRecord {
    if (priority === 'change') {
      operatorLooks += 1;
      if (fortune.isBusy[operatorLooks - 1] === true) return busy;
    }
    const isSilent = clock.now().getTime() < speaksFromMs || fortune.looks[nth] === false;
    return isSilent ? silence : books();
  }

  return {
    applied,
    willApply: () => appliesAtMs !== null,
    applications: () => applications,
    books,
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
    look: (nth: number, priority: BookPriority): BookLook => ({ record: recordFor(nth, priority), call: aCall }),
  };
}
