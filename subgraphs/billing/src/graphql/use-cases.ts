import type { Clock } from '@supergraph/platform/time';

import type { InquireBill } from '../domain/inquire-bill.ts';
import type { ListInquiries } from '../domain/list-inquiries.ts';
import type { OwnLines } from '../domain/own-lines.ts';
import type { InquiryArchive } from '../domain/ports.ts';
import type { ViewBill } from '../domain/view-bill.ts';

/** What billing can do. */
export interface BillingUseCases {
  readonly ownLines: OwnLines;
  readonly viewBill: ViewBill;
  readonly inquireBill: InquireBill;
  readonly listInquiries: ListInquiries;
  readonly archive: InquiryArchive;
  readonly clock: Clock;
}
