import { offeredMonths } from '@supergraph/billing/domain/billing-month';
import type { BillQuestion } from '@supergraph/billing/domain/ports';
import type { Viewer } from '@supergraph/platform/identity';
import type { OutboxMessage } from '@supergraph/platform/outbox';
import { calendarDay } from '@supergraph/product/domain/calendar';
import type { OrderIn } from '@supergraph/product/domain/product-order';
import type { OwnLine } from '@supergraph/product/domain/product';

// What is asked where nobody answers; none of it matters.

const at = new Date('2026-09-15T03:00:00Z');

export const aViewer: Viewer = {
  userId: 'usr_1',
  customerId: 'cus_1',
  role: 'CUSTOMER',
  scopes: ['BILL_INQUIRY', 'PRODUCT_CHANGE'],
  sessionId: 'session',
};

export const ownLine: OwnLine = { lineId: 'ln_1', customerId: 'CUST001', lineNumber: '01012345678', productVersion: 1 };

export function aBillQuestion(): BillQuestion {
  const [month] = offeredMonths(at);
  if (month === undefined) throw new Error('no month is offered');
  const line = { id: 'ln_1', customerId: 'CUST001', number: '01012345678' };
  return { line, month, takesStale: false, priority: 'interactive', deadline: null };
}

export const aSentOrder = (): OrderIn<'SENT'> => ({
  id: 'po_1',
  externalId: 'key',
  userId: 'usr_1',
  customerId: 'CUST001',
  lineId: 'ln_1',
  productCodeBefore: 'A',
  productCodeAfter: 'B',
  requestedAt: at,
  requestedDate: calendarDay('2026-09-15'),
  state: { kind: 'SENT', sentAt: at },
});

export const aMessage = (): OutboxMessage => ({
  id: 'message',
  topic: 'product-order.settled',
  orderingKey: 'ln_1',
  payload: {},
  createdAt: at,
  attempts: 0,
});
