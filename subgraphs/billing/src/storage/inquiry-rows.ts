import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

import type { BillInquiry, EndedInquiry, InquiryInProgress } from '../domain/bill-inquiry.ts';
import { isBillingMonth } from '../domain/billing-month.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import { findingSchema } from './bill-json.ts';
import type * as table from './generated/client.ts';

/** A row does not say what rows of its table say: it was not written by us. */
export class BrokenRow extends Error {
  constructor(tableName: string, id: string) {
    super(`Row ${id} of ${tableName} is not one that this service writes`);
    this.name = 'BrokenRow';
  }
}

/** Inquiries ↔ rows of bill_inquiry, bills sealed to their row. */
export interface InquiryRows {
  readonly ofInProgress: (inquiry: InquiryInProgress, dueAt: Date) => table.Prisma.BillInquiryCreateManyInput;
  readonly ofEnded: (inquiry: EndedInquiry) => table.Prisma.BillInquiryCreateManyInput;
  /** What ending changes in the row. */
  readonly endOf: (inquiry: EndedInquiry) => Ending;
  readonly read: (row: table.BillInquiry) => BillInquiry;
  readonly readInProgress: (row: table.BillInquiry) => InquiryInProgress;
}

type Ending = Pick<
  table.BillInquiry,
  'state' | 'dueAt' | 'completedAt' | 'sealedFinding' | 'failure' | 'failureRetryAfterMs'
>;

export function createInquiryRows(cipher: FieldCipher): InquiryRows {
  const placeOf = (id: string) => fieldPlace({ table: 'bill_inquiry', row: id, column: 'sealed_finding' });

  function endOf(inquiry: EndedInquiry): Ending {
    const { id, state, completedAt } = inquiry;
    const ending = { state, dueAt: null, completedAt, sealedFinding: null, failure: null, failureRetryAfterMs: null };
    switch (inquiry.state) {
      case 'DONE': {
        const { bill, freshness } = inquiry.found;
        return { ...ending, sealedFinding: cipher.seal(JSON.stringify({ bill, freshness }), placeOf(id)) };
      }
      case 'REJECTED':
        return ending;
      case 'TERMINATED_WITH_ERROR':
        return { ...ending, failure: inquiry.failure.code, failureRetryAfterMs: inquiry.failure.retryAfterMs };
    }
  }

  function foundIn(row: table.BillInquiry) {
    if (row.sealedFinding === null) throw new BrokenRow('bill_inquiry', row.id);
    const finding = findingSchema.parse(JSON.parse(cipher.open(row.sealedFinding, placeOf(row.id))));
    return { kind: 'found', ...finding } as const;
  }

  function readEnded(row: table.BillInquiry, state: EndedInquiry['state']): EndedInquiry {
    const { completedAt, failure: code, failureRetryAfterMs: retryAfterMs } = row;
    if (completedAt === null) throw new BrokenRow('bill_inquiry', row.id);
    const ended = { ...requestIn(row), completedAt };
    switch (state) {
      case 'DONE':
        return { ...ended, state, found: foundIn(row) };
      case 'REJECTED':
        return { ...ended, state };
      case 'TERMINATED_WITH_ERROR':
        if (code === null || retryAfterMs === null) throw new BrokenRow('bill_inquiry', row.id);
        return { ...ended, state, failure: { kind: 'unavailable', code, retryAfterMs } };
    }
  }

  const readInProgress = (row: table.BillInquiry): InquiryInProgress => ({
    ...requestIn(row),
    state: 'IN_PROGRESS',
    attempt: row.attempt,
  });

  return {
    ofInProgress: (inquiry, dueAt) => ({
      ...requestOf(inquiry),
      state: inquiry.state,
      attempt: inquiry.attempt,
      dueAt,
    }),
    ofEnded: (inquiry) => ({ ...requestOf(inquiry), attempt: 1, ...endOf(inquiry) }),
    endOf,
    read: (row) => (row.state === 'IN_PROGRESS' ? readInProgress(row) : readEnded(row, row.state)),
    readInProgress,
  };
}

const requestOf = ({ id, origin, customerId, userId, lineId, billingMonth, requestedAt }: BillInquiry) => ({
  id,
  origin,
  customerId,
  userId,
  lineId,
  billingMonth,
  requestedAt,
});

function requestIn({ id, origin, customerId, userId, lineId, billingMonth, requestedAt }: table.BillInquiry) {
  if (!isBillingMonth(billingMonth)) throw new BrokenRow('bill_inquiry', id);
  return { id, origin, customerId, userId, lineId, billingMonth, requestedAt };
}

/** A call to KOS as a row of kos_inquiry_history. */
export const kosCallRow = (inquiry: BillInquiry, call: RecordedKosCall): table.Prisma.KosCallCreateManyInput => ({
  inquiryId: inquiry.id,
  lineId: inquiry.lineId,
  billingMonth: inquiry.billingMonth,
  requestedAt: call.requestedAt,
  respondedAt: call.respondedAt,
  outcome: call.outcome,
  resultCode: call.resultCode,
  resultMessage: call.resultMessage,
  retryCount: call.attempt - 1,
  circuit: call.circuit,
});

/** A row of kos_inquiry_history as a call to KOS. */
export const readKosCall = (row: table.KosCall): RecordedKosCall => ({
  attempt: row.retryCount + 1,
  requestedAt: row.requestedAt,
  respondedAt: row.respondedAt,
  outcome: row.outcome,
  resultCode: row.resultCode,
  resultMessage: row.resultMessage,
  circuit: row.circuit,
});
