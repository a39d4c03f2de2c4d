import type { Clock } from '@supergraph/platform/time';

import type { EndedInquiry, InquiryInProgress } from '../domain/bill-inquiry.ts';
import { billResultOf } from '../domain/bill-result.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import type { InquiryBook } from '../domain/ports.ts';
import type { BillingDatabase } from './billing-database.ts';
import { kosCallRow, type InquiryRows } from './inquiry-rows.ts';
import type { BillingOutbox } from './outbox-store.ts';

/** A bill looked at, with its history, to be written down as one. */
export interface Reading {
  readonly inquiry: EndedInquiry;
  readonly kosCalls: readonly RecordedKosCall[];
}

const mostTaken = 20;

/** A batch whose commit got lost on its way back is written again. */
const onlyNew = { skipDuplicates: true } as const;

/** Inquiries in table bill_inquiry, their calls in kos_inquiry_history, their results in the outbox. */
export function createInquiryBook(by: {
  readonly prisma: BillingDatabase;
  readonly rows: InquiryRows;
  readonly outbox: Pick<BillingOutbox, 'rowOf'>;
  readonly clock: Clock;
  /** Longer than any attempt takes; what a dead process held is free again after it. */
  readonly holdMs: number;
  /** Called when results wait to be delivered. */
  readonly onResults: () => void;
}): InquiryBook & { record(readings: readonly Reading[]): Promise<void> } {
  const { prisma, rows, outbox, clock, holdMs } = by;
  const resultOf = (inquiry: EndedInquiry) => {
    const payload = billResultOf(inquiry);
    const { type: topic, eventId: id } = payload;
    return outbox.rowOf({ id, topic, orderingKey: inquiry.lineId, payload, createdAt: inquiry.completedAt });
  };
  const heldFor = (ms: number) => new Date(clock.now().getTime() + ms);
  const unlessTaken = ({ id, attempt }: InquiryInProgress) => ({ id, attempt, state: 'IN_PROGRESS' }) as const;

  return {
    async open(inquiry) {
      await prisma.billInquiry.create({ data: rows.ofInProgress(inquiry, heldFor(holdMs)) });
    },

    async end(inquiry, kosCalls) {
      await prisma.$transaction(async (tx) => {
        const inProgress = { id: inquiry.id, state: 'IN_PROGRESS' } as const;
        const { count } = await tx.billInquiry.updateMany({ where: inProgress, data: rows.endOf(inquiry) });
        await tx.kosCall.createMany({ data: kosCalls.map((call) => kosCallRow(inquiry, call)), ...onlyNew });
        if (count === 1) await tx.outboxMessage.create({ data: resultOf(inquiry) });
      });
      by.onResults();
    },

    async postpone(inquiry, kosCalls, delayMs) {
      await prisma.$transaction([
        prisma.billInquiry.updateMany({ where: unlessTaken(inquiry), data: { dueAt: heldFor(delayMs + holdMs) } }),
        prisma.kosCall.createMany({ data: kosCalls.map((call) => kosCallRow(inquiry, call)), ...onlyNew }),
      ]);
    },

    async beginNext(inquiry) {
      const attempt = inquiry.attempt + 1;
      const data = { attempt, dueAt: heldFor(holdMs) };
      const { count } = await prisma.billInquiry.updateMany({ where: unlessTaken(inquiry), data });
      return count === 1 ? { ...inquiry, attempt } : null;
    },

    async release(inquiry) {
      await prisma.billInquiry.updateMany({ where: unlessTaken(inquiry), data: { dueAt: clock.now() } });
    },

    async takeAbandoned() {
      const taken = await prisma.$queryRaw<{ readonly id: string }[]>`
        WITH abandoned AS MATERIALIZED (
          SELECT id FROM bill_inquiry WHERE due_at <= ${clock.now()}
          ORDER BY due_at LIMIT ${mostTaken} FOR UPDATE SKIP LOCKED)
        UPDATE bill_inquiry SET attempt = attempt + 1, due_at = ${heldFor(holdMs)}
        FROM abandoned WHERE bill_inquiry.id = abandoned.id
        RETURNING bill_inquiry.id`;
      if (taken.length === 0) return [];
      const rowsTaken = await prisma.billInquiry.findMany({ where: { id: { in: taken.map((row) => row.id) } } });
      return rowsTaken.map(rows.readInProgress);
    },

    /** What came from the cache was told to the MVNO AP when it was fetched; only what was asked of KOS is told now. */
    async record(readings) {
      const calls = readings.flatMap(({ inquiry, kosCalls }) => kosCalls.map((call) => kosCallRow(inquiry, call)));
      const results = readings.filter((reading) => reading.kosCalls.length > 0).map(({ inquiry }) => resultOf(inquiry));
      await prisma.$transaction([
        prisma.billInquiry.createMany({ data: readings.map(({ inquiry }) => rows.ofEnded(inquiry)), ...onlyNew }),
        prisma.kosCall.createMany({ data: calls, ...onlyNew }),
        prisma.outboxMessage.createMany({ data: results, ...onlyNew }),
      ]);
      if (results.length > 0) by.onResults();
    },
  };
}
