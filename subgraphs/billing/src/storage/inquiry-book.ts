import { outboxRowOf } from '@supergraph/database/message-store';
import type { Clock } from '@supergraph/platform/time';

import type { EndedInquiry, InquiryInProgress } from '../domain/bill-inquiry.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import type { InquiryBook } from '../domain/ports.ts';
import { inquirySettledMessage } from '../messages/bill-inquiry-settled.ts';
import type { SealedPayloads } from '../messages/sealed-payload.ts';
import { inTransaction, type BillingDatabase, type BillingTransaction } from './billing-database.ts';
import { kosCallRow, type InquiryRows } from './inquiry-rows.ts';

/** A bill looked at, with its history, to be written down as one. */
export interface Reading {
  readonly inquiry: EndedInquiry;
  readonly kosCalls: readonly RecordedKosCall[];
}

const mostTaken = 20;

/** What was written and whose commit got lost on its way back is written again, by the same ids. */
const onlyNew = { skipDuplicates: true } as const;
const repeatable = { isRepeatable: true } as const;

/** Inquiries in table bill_inquiry, their calls in kos_inquiry_history, their results in the outbox. */
export function createInquiryBook(by: {
  readonly prisma: BillingDatabase;
  readonly rows: InquiryRows;
  readonly payloads: SealedPayloads;
  readonly clock: Clock;
  /** Longer than any attempt takes; what a dead process held is free again after it. */
  readonly holdMs: number;
  /** Called when results wait to be delivered. */
  readonly onResults: () => void;
}): InquiryBook & { record(readings: readonly Reading[]): Promise<void> } {
  const { prisma, rows, payloads, clock, holdMs } = by;
  const messageOf = (inquiry: EndedInquiry) => outboxRowOf(inquirySettledMessage(inquiry, payloads));
  const write = (work: (tx: BillingTransaction) => Promise<void>) => inTransaction(prisma, work, repeatable);
  const heldFrom = (begins: Date) => new Date(begins.getTime() + holdMs);
  const unlessTaken = ({ id, attempt }: InquiryInProgress) => ({ id, attempt, state: 'IN_PROGRESS' }) as const;

  return {
    async open(inquiry) {
      const data = rows.ofInProgress(inquiry, heldFrom(clock.now()));
      await write(async (tx) => {
        await tx.billInquiry.createMany({ data, ...onlyNew });
      });
    },

    async end(inquiry, kosCalls) {
      await write(async (tx) => {
        const inProgress = { id: inquiry.id, state: 'IN_PROGRESS' } as const;
        const { count } = await tx.billInquiry.updateMany({ where: inProgress, data: rows.endOf(inquiry) });
        await tx.kosCall.createMany({ data: kosCalls.map((call) => kosCallRow(inquiry, call)), ...onlyNew });
        if (count === 1) await tx.outboxMessage.create({ data: messageOf(inquiry) });
      });
      by.onResults();
    },

    async postpone(inquiry, { nextAt, kosCalls }) {
      await write(async (tx) => {
        await tx.billInquiry.updateMany({ where: unlessTaken(inquiry), data: { dueAt: heldFrom(nextAt) } });
        await tx.kosCall.createMany({ data: kosCalls.map((call) => kosCallRow(inquiry, call)), ...onlyNew });
      });
      return inquiry;
    },

    async takeBack(inquiry, { nextAt }) {
      const attempt = inquiry.attempt - 1;
      const data = { attempt, dueAt: heldFrom(nextAt) };
      await prisma.billInquiry.updateMany({ where: unlessTaken(inquiry), data });
      return { ...inquiry, attempt };
    },

    async beginNext(inquiry) {
      const attempt = inquiry.attempt + 1;
      const data = { attempt, dueAt: heldFrom(clock.now()) };
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
        UPDATE bill_inquiry SET attempt = attempt + 1, due_at = ${heldFrom(clock.now())}
        FROM abandoned WHERE bill_inquiry.id = abandoned.id
        RETURNING bill_inquiry.id`;
      if (taken.length === 0) return [];
      const rowsTaken = await prisma.billInquiry.findMany({ where: { id: { in: taken.map((row) => row.id) } } });
      return rowsTaken.map(rows.readInProgress);
    },

    /** What came from the cache was told to the MVNO AP when it was fetched; only what was asked of KOS is told now. */
    async record(readings) {
      const calls = readings.flatMap(({ inquiry, kosCalls }) => kosCalls.map((call) => kosCallRow(inquiry, call)));
      const results = readings
        .filter((reading) => reading.kosCalls.length > 0)
        .map(({ inquiry }) => messageOf(inquiry));
      const ended = { data: readings.map(({ inquiry }) => rows.ofEnded(inquiry)), ...onlyNew };
      if (calls.length === 0) {
        // Answers wait for this: one statement is one way to the database and back, and not five.
        await prisma.billInquiry.createMany(ended);
        return;
      }
      await write(async (tx) => {
        await tx.billInquiry.createMany(ended);
        await tx.kosCall.createMany({ data: calls, ...onlyNew });
        await tx.outboxMessage.createMany({ data: results, ...onlyNew });
      });
      by.onResults();
    },
  };
}
