import { setTimeout as sleep } from 'node:timers/promises';

import { SECOND_MS, type Clock } from '@supergraph/platform/time';

import type { BillInquiry, InquiryInProgress } from './bill-inquiry.ts';
import type { AttemptResult, ConductInquiry } from './conduct-inquiry.ts';
import type { InquiryBook, KosAsk } from './ports.ts';

/** Carries inquiries to their end, also those that another process left behind. */
export interface InquiryWorker {
  /**
   * Takes on an inquiry and tells how it stands after its first attempt; as it was when that could not be written
   * down. The attempts after it are made in the background.
   */
  carry(inquiry: InquiryInProgress): Promise<BillInquiry>;
  /** Looks for abandoned inquiries, now and every so often. */
  start(): void;
  /** Waits for the attempts under way and lets go of the inquiries that wait for one. */
  close(): Promise<void>;
}

export interface InquiryWorkerEvents {
  /** An inquiry could not be carried on, or abandoned ones not be looked for; whoever looks next finds them. */
  readonly failed: (error: unknown) => void;
}

/** How often a wait looks at the clock. */
const clockLookMs = SECOND_MS / 4;
/** How many inquiries wait here at a time; more are left to be found as abandoned ones, a little later. */
const mostWaiting = 500;

export function createInquiryWorker(by: {
  readonly conduct: ConductInquiry;
  readonly book: InquiryBook;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly events: InquiryWorkerEvents;
}): InquiryWorker {
  const { conduct, book, clock } = by;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  let waiting = 0;

  function follow(work: Promise<void>): void {
    const followed = work.catch(by.events.failed).finally(() => underWay.delete(followed));
    underWay.add(followed);
  }

  /** Tells whether the time has passed; not when this is closed before. */
  const pass = (ms: number): Promise<boolean> =>
    sleep(ms, true, { signal: closing.signal, ref: false }).catch(() => false);

  /** Passes by the clock that lines rest by, which may be set; a timer would not see it. */
  async function passUntil(moment: Date): Promise<boolean> {
    for (;;) {
      const leftMs = moment.getTime() - clock.now().getTime();
      if (leftMs <= 0) return !closing.signal.aborted;
      if (!(await pass(Math.min(leftMs, clockLookMs)))) return false;
    }
  }

  async function goOn(first: Promise<AttemptResult>): Promise<void> {
    let result = await first;
    while (result.kind === 'postponed') {
      if (waiting >= mostWaiting) return;
      waiting += 1;
      const hasPassed = await passUntil(result.nextAt).finally(() => {
        waiting -= 1;
      });
      if (!hasPassed) {
        await book.release(result.inquiry);
        return;
      }
      const next = await book.beginNext(result.inquiry);
      if (next === null) return;
      result = await conduct(next, 'background');
    }
  }

  function begin(inquiry: InquiryInProgress, priority: KosAsk['priority']): Promise<AttemptResult> {
    const first = conduct(inquiry, priority);
    follow(goOn(first));
    return first;
  }

  async function look(): Promise<void> {
    do {
      try {
        for (const inquiry of await book.takeAbandoned()) void begin(inquiry, 'background');
      } catch (error) {
        by.events.failed(error);
      }
    } while (await pass(by.pollMs));
  }

  return {
    async carry(inquiry) {
      try {
        const result = await begin(inquiry, 'interactive');
        return result.kind === 'ended' ? result.inquiry : inquiry;
      } catch {
        return inquiry;
      }
    },
    start() {
      follow(look());
    },
    async close() {
      closing.abort();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
