import { endOfDay, startOfDay } from '@supergraph/platform/calendar';

import type { BillInquiry, InquiryState } from './bill-inquiry.ts';
import type { InquiryArchive, InquiryPosition, OwnLine, ReadingHistory } from './ports.ts';

export type ListInquiries = (wish: {
  readonly line: OwnLine;
  readonly state: InquiryState | null;
  /** First and last day in Seoul, YYYY-MM-DD. */
  readonly from: string | null;
  readonly to: string | null;
  readonly after: InquiryPosition | null;
  readonly limit: number;
}) => Promise<{ readonly inquiries: readonly BillInquiry[]; readonly totalCount: number }>;

/** Makes the use case behind a line's history; what was looked at a moment ago is in it. */
export function createListInquiries(by: {
  readonly archive: InquiryArchive;
  readonly history: ReadingHistory;
}): ListInquiries {
  return async ({ line, state, from, to, after, limit }) => {
    await by.history.settled();
    const filter = {
      state,
      requestedFrom: from === null ? null : startOfDay(from),
      requestedBefore: to === null ? null : endOfDay(to),
    };
    return await by.archive.list({ customerId: line.customerId, lineId: line.id, filter, after, limit });
  };
}

/** A place in the history as text, e.g. for a cursor. */
export const positionOf = ({ requestedAt, id }: InquiryPosition): string => `${requestedAt.getTime()}:${id}`;

/** The place a text names; null for any other text. */
export function readPosition(text: string): InquiryPosition | null {
  const [, requestedAtMs, id] = /^(\d{13}):([A-Za-z0-9_-]{1,64})$/.exec(text) ?? [];
  return requestedAtMs === undefined || id === undefined ? null : { requestedAt: new Date(Number(requestedAtMs)), id };
}
