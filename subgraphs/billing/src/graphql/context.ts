import type { RequestContext } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';

import type { InquireBill } from '../domain/inquire-bill.ts';
import type { ListInquiries } from '../domain/list-inquiries.ts';
import type { Caller, OwnLines } from '../domain/own-lines.ts';
import type { InquiryArchive } from '../domain/ports.ts';
import type { ViewBill } from '../domain/view-bill.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What billing can do. */
export interface BillingUseCases {
  readonly ownLines: OwnLines;
  readonly viewBill: ViewBill;
  readonly inquireBill: InquireBill;
  readonly listInquiries: ListInquiries;
  readonly archive: InquiryArchive;
  readonly clock: Clock;
}

export interface BillingContext extends RequestContext {
  readonly billing: BillingUseCases;
  readonly caller: Caller;
  readonly loaders: Loaders;
}

const nobody: Caller = { userId: 'nobody', customerId: null };

/** Makes the context of a request, with loaders that live as long as it does. */
export const createContext =
  (billing: BillingUseCases) =>
  (request: RequestContext): BillingContext => {
    const caller = request.viewer ?? nobody;
    return { ...request, billing, caller, loaders: createLoaders({ caller, deadline: request.deadline }, billing) };
  };
