import { SECOND_MS } from '@supergraph/platform/time';

import { dayInSeoul, type CalendarDay } from './calendar.ts';

/** Why KOS refused a change. */
export type RefusalReason = 'CONTRACT_RESTRICTION' | 'DEVICE_INCOMPATIBLE' | 'UNPAID_BALANCE' | 'OTHER';

/** Why nothing was changed: the request never left, KOS never got it, or an operator found out that KOS did not make it. */
export type FailureCause = 'NEVER_SENT' | 'NEVER_ARRIVED' | 'NOT_MADE';

/** How far a plan change is; each state carries only what is true in it. */
export type OrderState =
  | { readonly kind: 'REQUESTED' }
  | { readonly kind: 'SENT'; readonly sentAt: Date }
  | { readonly kind: 'UNKNOWN'; readonly sentAt: Date }
  | { readonly kind: 'NEEDS_OPERATOR'; readonly sentAt: Date; readonly handedOverAt: Date }
  | { readonly kind: 'COMPLETED'; readonly settledAt: Date; readonly effectiveDate: CalendarDay }
  | { readonly kind: 'REJECTED'; readonly settledAt: Date; readonly reason: RefusalReason }
  | { readonly kind: 'FAILED'; readonly settledAt: Date; readonly cause: FailureCause };

export type StateKind = OrderState['kind'];
export type StateIn<Kind extends StateKind> = OrderState & { readonly kind: Kind };
export type SettledState = StateIn<'COMPLETED' | 'REJECTED' | 'FAILED'>;

/** Every step an order may take. What KOS did is found out, never assumed: nothing leads from UNKNOWN back to SENT. */
const successors = {
  REQUESTED: ['SENT', 'FAILED'],
  SENT: ['COMPLETED', 'REJECTED', 'UNKNOWN', 'FAILED'],
  UNKNOWN: ['COMPLETED', 'REJECTED', 'FAILED', 'NEEDS_OPERATOR'],
  NEEDS_OPERATOR: ['COMPLETED', 'REJECTED', 'FAILED'],
  COMPLETED: [],
  REJECTED: [],
  FAILED: [],
} as const satisfies Record<StateKind, readonly StateKind[]>;

export type Successor<From extends StateKind> = (typeof successors)[From][number];

export const mayFollow = (from: StateKind, to: StateKind): boolean =>
  successors[from].some((successor) => successor === to);

/** A plan change (상품 변경). Its id is also the transaction id KOS knows it by. */
export interface ProductOrder {
  readonly id: string;
  /** The client's own key; see idempotency-key.ts. */
  readonly externalId: string;
  readonly userId: string;
  readonly customerId: string;
  readonly lineId: string;
  readonly productCodeBefore: string;
  readonly productCodeAfter: string;
  readonly requestedAt: Date;
  /** The day asked of KOS. */
  readonly requestedDate: CalendarDay;
  readonly state: OrderState;
}

/** An order known to be in one of these states. */
export type OrderIn<Kind extends StateKind> = ProductOrder & { readonly state: StateIn<Kind> };

export const openKinds = ['REQUESTED', 'SENT', 'UNKNOWN', 'NEEDS_OPERATOR'] as const satisfies readonly StateKind[];

export const isIn = <Kind extends StateKind>(order: ProductOrder, kind: Kind): order is OrderIn<Kind> =>
  order.state.kind === kind;

/** The day the change takes effect: as KOS confirmed it, before that as it was asked for. */
export const effectiveDateOf = ({ state, requestedDate }: ProductOrder): CalendarDay =>
  state.kind === 'COMPLETED' ? state.effectiveDate : requestedDate;

/** Whether KOS only took it down for a later day: the plan was still the old one when the order was settled. */
export const isBooked = ({ settledAt, effectiveDate }: StateIn<'COMPLETED'>): boolean =>
  effectiveDate > dayInSeoul(settledAt);

/** When it was settled; null before. */
export function settledAtOf({ state }: ProductOrder): Date | null {
  switch (state.kind) {
    case 'COMPLETED':
    case 'REJECTED':
    case 'FAILED':
      return state.settledAt;
    case 'REQUESTED':
    case 'SENT':
    case 'UNKNOWN':
    case 'NEEDS_OPERATOR':
      return null;
  }
}

export const isSettled = (order: ProductOrder): boolean => settledAtOf(order) !== null;

/** When it makes sense to ask for an order again; null once it is settled. */
export function pollAfterMs({ state }: ProductOrder): number | null {
  switch (state.kind) {
    case 'REQUESTED':
    case 'SENT':
      return SECOND_MS;
    case 'UNKNOWN':
      return 5 * SECOND_MS;
    case 'NEEDS_OPERATOR':
      return 60 * SECOND_MS;
    case 'COMPLETED':
    case 'REJECTED':
    case 'FAILED':
      return null;
  }
}
