import { z } from 'zod';

import { dayInSeoul } from '../domain/calendar.ts';
import type { ProductOrder, RefusalReason } from '../domain/product-order.ts';
import type { KosRecord } from '../domain/reconciliation.ts';
import { KosFault, type KosAnswer, type KosRequest } from './kos-client.ts';
import { kosDay, toKosDay, won } from './kos-fields.ts';

const refusals: ReadonlyMap<string, RefusalReason> = new Map([
  ['E001', 'OTHER'],
  ['E101', 'CONTRACT_RESTRICTION'],
  ['E102', 'DEVICE_INCOMPATIBLE'],
  ['E103', 'UNPAID_BALANCE'],
  ['E400', 'OTHER'],
]);

export const changeRequestOf = (order: ProductOrder, lineNumber: string): KosRequest => ({
  method: 'POST',
  path: '/kos/product/change',
  body: {
    transactionId: order.id,
    lineNumber,
    currentProductCode: order.productCodeBefore,
    newProductCode: order.productCodeAfter,
    changeReason: `고객 신청 (${dayInSeoul(order.requestedAt)})`,
    effectiveDate: toKosDay(order.requestedDate),
  },
});

export const recordRequestOf = (order: ProductOrder): KosRequest => ({
  method: 'GET',
  path: `/kos/product/change/${encodeURIComponent(order.id)}`,
});

const settled = z.object({
  transactionId: z.string(),
  lineNumber: z.string(),
  newProductCode: z.string(),
  effectiveDate: kosDay,
  changeDate: kosDay,
});

/** All that KOS promises is asked for, used or not: an answer wrong in one place is not to be trusted in another. */
const accepted = settled.extend({
  newProductName: z.string(),
  monthlyFee: won,
  processResult: z.literal('정상'),
  status: z.enum(['APPLIED', 'BOOKED']),
});

const refused = z.object({ transactionId: z.string(), original: z.unknown().optional() });

/** What KOS did with our request, in its own words. */
export type Decision = Extract<KosRecord, { readonly kind: 'accepted' | 'refused' }>;

/** Reads the answer to a change. Throws for whatever does not say, of this very order, what KOS did. */
export function readDecision(answer: KosAnswer, order: ProductOrder, lineNumber: string): Decision {
  if (answer.resultCode === '0000') {
    const told = accepted.parse(answer.data);
    assertOurs(told, order, lineNumber);
    return { kind: 'accepted', effectiveDate: told.effectiveDate };
  }
  const reason = refusals.get(answer.resultCode);
  if (reason === undefined) throw new KosFault(`KOS answered a change with the code ${answer.resultCode}`);
  const told = refused.parse(answer.data);
  if (told.transactionId !== order.id) throw new KosFault('KOS answered for another order');
  // Something on the way sent the request twice: what became of the first is in KOS's books, not in this answer.
  if (told.original !== undefined) throw new KosFault('KOS had this order before');
  return { kind: 'refused', reason };
}

const record = settled.extend({ status: z.enum(['APPLIED', 'BOOKED', 'REFUSED']), resultCode: z.string() });

/** Reads KOS's books about an order. "Not there" is an answer as well; what it is worth is not decided here. */
export function readRecord(answer: KosAnswer, order: ProductOrder, lineNumber: string): KosRecord {
  if (answer.resultCode === 'E004') return { kind: 'absent' };
  if (answer.resultCode !== '0000') throw new KosFault(`KOS answered a look-up with the code ${answer.resultCode}`);
  const told = record.parse(answer.data);
  assertOurs(told, order, lineNumber);
  if (told.status === 'REFUSED') return { kind: 'refused', reason: refusals.get(told.resultCode) ?? 'OTHER' };
  return { kind: 'accepted', effectiveDate: told.effectiveDate };
}

function assertOurs(told: z.output<typeof settled>, order: ProductOrder, lineNumber: string): void {
  const isOurs =
    told.transactionId === order.id && told.lineNumber === lineNumber && told.newProductCode === order.productCodeAfter;
  if (!isOurs) throw new KosFault('KOS answered for another order');
}
