import type { StateKind } from '../domain/product-order.ts';
import type { ProductOrderState } from './generated/resolver-types.ts';

/** Our states and TM Forum's (TMF622 ProductOrderStateType), one for one. */
const tmForumStates = {
  REQUESTED: 'ACKNOWLEDGED',
  SENT: 'IN_PROGRESS',
  UNKNOWN: 'PENDING',
  NEEDS_OPERATOR: 'HELD',
  COMPLETED: 'COMPLETED',
  REJECTED: 'REJECTED',
  FAILED: 'FAILED',
} as const satisfies Record<StateKind, ProductOrderState>;

const ourStates = {
  ACKNOWLEDGED: 'REQUESTED',
  IN_PROGRESS: 'SENT',
  PENDING: 'UNKNOWN',
  HELD: 'NEEDS_OPERATOR',
  COMPLETED: 'COMPLETED',
  REJECTED: 'REJECTED',
  FAILED: 'FAILED',
} as const satisfies Record<ProductOrderState, StateKind>;

export const toTmForum = (kind: StateKind): ProductOrderState => tmForumStates[kind];
export const fromTmForum = (state: ProductOrderState): StateKind => ourStates[state];
