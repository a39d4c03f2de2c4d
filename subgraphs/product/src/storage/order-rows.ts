import { calendarDay, type CalendarDay } from '../domain/calendar.ts';
import type { OrderState, ProductOrder } from '../domain/product-order.ts';
import type { ProductOrder as OrderRow } from './generated/client.ts';

export const dateOf = (day: CalendarDay): Date => new Date(`${day}T00:00:00Z`);
export const dayOf = (date: Date): CalendarDay => calendarDay(date.toISOString().slice(0, 10));

/** The table lets no row in whose columns do not fit its state, so this is damage, not a case. */
function present<T>(value: T | null): T {
  if (value === null) throw new Error('an order lacks what its state needs');
  return value;
}

function stateOf(row: OrderRow): OrderState {
  switch (row.state) {
    case 'REQUESTED':
      return { kind: 'REQUESTED' };
    case 'SENT':
      return { kind: 'SENT', sentAt: present(row.sentAt) };
    case 'UNKNOWN':
      return { kind: 'UNKNOWN', sentAt: present(row.sentAt) };
    case 'NEEDS_OPERATOR':
      return { kind: 'NEEDS_OPERATOR', sentAt: present(row.sentAt), handedOverAt: present(row.handedOverAt) };
    case 'COMPLETED':
      return {
        kind: 'COMPLETED',
        settledAt: present(row.settledAt),
        effectiveDate: dayOf(present(row.effectiveDate)),
      };
    case 'REJECTED':
      return { kind: 'REJECTED', settledAt: present(row.settledAt), reason: present(row.refusalReason) };
    case 'FAILED':
      return { kind: 'FAILED', settledAt: present(row.settledAt), cause: present(row.failureCause) };
  }
}

export const orderOf = (row: OrderRow): ProductOrder => ({
  id: row.id,
  externalId: row.externalId,
  userId: row.userId,
  customerId: row.customerId,
  lineId: row.lineId,
  productCodeBefore: row.productCodeBefore,
  productCodeAfter: row.productCodeAfter,
  requestedAt: row.requestedAt,
  requestedDate: dayOf(row.requestedDate),
  state: stateOf(row),
});

/** The columns that a state sets; those it does not mention stay as they are. */
export function columnsOf(state: OrderState) {
  switch (state.kind) {
    case 'REQUESTED':
    case 'UNKNOWN':
      return { state: state.kind };
    case 'SENT':
      return { state: state.kind, sentAt: state.sentAt };
    case 'NEEDS_OPERATOR':
      return { state: state.kind, handedOverAt: state.handedOverAt };
    case 'COMPLETED':
      return { state: state.kind, settledAt: state.settledAt, effectiveDate: dateOf(state.effectiveDate) };
    case 'REJECTED':
      return { state: state.kind, settledAt: state.settledAt, refusalReason: state.reason };
    case 'FAILED':
      return {
        state: state.kind,
        settledAt: state.settledAt,
        failureCause: state.cause,
        // Certainly nothing was sent: the same key may be tried again.
        isKeyHeld: state.cause !== 'NEVER_SENT',
      };
  }
}
