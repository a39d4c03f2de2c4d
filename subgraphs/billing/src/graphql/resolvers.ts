import { BillInquiry } from './entities/bill-inquiry.ts';
import { CustomerBill } from './entities/customer-bill.ts';
import { Line } from './entities/line.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { createBillInquiry } from './mutations/create-bill-inquiry.ts';
import { billInquiryMenu } from './queries/bill-inquiry-menu.ts';
import { billInquiry } from './queries/bill-inquiry.ts';
import { line } from './queries/line.ts';
import { BillItem } from './values/bill-item.ts';
import { CustomerBillEdge } from './values/customer-bill-edge.ts';
import { Freshness } from './values/freshness.ts';
import { KosCall } from './values/kos-call.ts';
import { UsageBucket } from './values/usage-bucket.ts';

/** Who answers what; the scalars are the server's. */
export const resolvers: Omit<Resolvers, 'DateTime'> = {
  Query: { billInquiry, billInquiryMenu, line },
  Mutation: { createBillInquiry },
  Line,
  CustomerBill,
  CustomerBillEdge,
  BillInquiry,
  BillItem,
  UsageBucket,
  Freshness,
  KosCall,
};
