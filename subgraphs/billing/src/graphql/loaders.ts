import DataLoader from 'dataloader';

import type { BillInquiry } from '../domain/bill-inquiry.ts';
import { isInquiryId } from '../domain/inquiry-id.ts';
import type { RecordedKosCall } from '../domain/kos-call.ts';
import type { Caller } from '../domain/own-lines.ts';
import type { OwnLine } from '../domain/ports.ts';
import type { BillView } from '../domain/view-bill.ts';
import type { BillingUseCases } from './use-cases.ts';

/** Which bill; the current month's when left out. */
export interface BillWish {
  readonly line: OwnLine;
  readonly billingMonth?: string | null | undefined;
}

/** What one request looks up, each thing once. */
export interface Loaders {
  /** The caller's line of this id, else null. */
  readonly line: DataLoader<string, OwnLine | null>;
  readonly bill: DataLoader<BillWish, BillView, string>;
  /** The caller's inquiry of this id, else null. */
  readonly inquiry: DataLoader<string, BillInquiry | null>;
  /** The calls to KOS of an inquiry that was found to be the caller's. */
  readonly kosCalls: DataLoader<string, readonly RecordedKosCall[]>;
}

export function createLoaders(
  { caller, deadline }: { readonly caller: Caller; readonly deadline: Date | null },
  billing: BillingUseCases,
): Loaders {
  const ask = { priority: 'interactive', deadline } as const;

  async function ownInquiries(ids: readonly string[]) {
    const wellFormed = ids.filter(isInquiryId);
    if (caller.customerId === null || wellFormed.length === 0) return ids.map(() => null);
    const found = await billing.archive.findOwn(caller.customerId, wellFormed);
    return ids.map((id) => found.find((inquiry) => inquiry.id === id) ?? null);
  }

  async function callsOf(inquiryIds: readonly string[]) {
    const calls = await billing.archive.kosCallsOf(inquiryIds);
    return inquiryIds.map((id) => calls.get(id) ?? []);
  }

  return {
    line: new DataLoader((ids) => billing.ownLines.findMany(caller, ids, ask)),
    bill: new DataLoader(
      (wishes) => Promise.all(wishes.map((wish) => billing.viewBill({ ...wish, caller, deadline }))),
      { cacheKeyFn: ({ line, billingMonth }) => JSON.stringify([line.id, billingMonth ?? null]) },
    ),
    inquiry: new DataLoader(ownInquiries),
    kosCalls: new DataLoader(callsOf),
  };
}
