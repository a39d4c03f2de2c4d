import { readPage, type PageWish } from '@supergraph/platform/pagination';

import type { OrderHistory, OrderPosition } from './ports.ts';
import type { ProductOrder, StateKind } from './product-order.ts';
import type { OwnLine } from './product.ts';

export interface OrderPage {
  readonly items: readonly ProductOrder[];
  readonly totalCount: number;
  readonly wish: PageWish<unknown>;
}

export type ListOrders = (
  line: OwnLine,
  wish: { readonly first: number; readonly after: string | null; readonly state: StateKind | null },
) => Promise<OrderPage>;

/** Whether a text can be the id of an order at all. */
export const isOrderId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

const positionPattern = /^(\d{13}) ([\w-]{1,64})$/;

export const orderPositionOf = ({ requestedAt, id }: OrderPosition): string => `${requestedAt.getTime()} ${id}`;

function decodePosition(text: string): OrderPosition | null {
  const [, requestedAtMs, id] = positionPattern.exec(text) ?? [];
  return id === undefined ? null : { requestedAt: new Date(Number(requestedAtMs)), id };
}

/** The plan changes of a line (상품 변경 이력), newest first. Throws INVALID_PAGE. */
export function createListOrders(history: OrderHistory): ListOrders {
  return async ({ customerId, lineId }, { state, ...asked }) => {
    const page = readPage(asked, { maxFirst: 100, decode: decodePosition });
    const { orders, totalCount } = await history.page({ customerId, lineId, state, page });
    return { items: orders, totalCount, wish: page };
  };
}
