import type { RecordedKosCall } from '../domain/kos-call.ts';
import type { InquiryArchive, InquiryFilter, InquiryPosition } from '../domain/ports.ts';
import type { BillingDatabase } from './billing-database.ts';
import type { Prisma } from './generated/client.ts';
import { readKosCall, type InquiryRows } from './inquiry-rows.ts';

/** What was asked so far; whose it is, is part of every query. */
export function createInquiryArchive(prisma: BillingDatabase, rows: InquiryRows): InquiryArchive {
  return {
    async findOwn(customerId, ids) {
      const found = await prisma.billInquiry.findMany({ where: { customerId, id: { in: [...ids] } } });
      return found.map(rows.read);
    },

    async list({ customerId, lineId, filter, after, limit }) {
      const where = { customerId, lineId, ...matching(filter) };
      const [found, totalCount] = await Promise.all([
        prisma.billInquiry.findMany({
          where: after === null ? where : { AND: [where, olderThan(after)] },
          orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
          take: limit,
        }),
        prisma.billInquiry.count({ where }),
      ]);
      return { inquiries: found.map(rows.read), totalCount };
    },

    async kosCallsOf(inquiryIds) {
      const found = await prisma.kosCall.findMany({
        where: { inquiryId: { in: [...inquiryIds] } },
        orderBy: { retryCount: 'asc' },
      });
      const calls = new Map<string, RecordedKosCall[]>(inquiryIds.map((id) => [id, []]));
      for (const row of found) calls.get(row.inquiryId)?.push(readKosCall(row));
      return calls;
    },
  };
}

const matching = ({ state, requestedFrom, requestedBefore }: InquiryFilter): Prisma.BillInquiryWhereInput => ({
  ...(state !== null && { state }),
  requestedAt: {
    ...(requestedFrom !== null && { gte: requestedFrom }),
    ...(requestedBefore !== null && { lt: requestedBefore }),
  },
});

const olderThan = ({ requestedAt, id }: InquiryPosition): Prisma.BillInquiryWhereInput => ({
  OR: [{ requestedAt: { lt: requestedAt } }, { requestedAt, id: { lt: id } }],
});
