import { endOfDay, startOfDay } from '@supergraph/platform/calendar';
import { readPage, type PageWish } from '@supergraph/platform/pagination';

import { decodePosition } from './order-position.ts';
import type { OrderHistory } from './ports.ts';
import type { ProductOrder, StateKind } from './product-order.ts';
import type { OwnLine } from './product.ts';

export interface OrderPage {
  readonly items: readonly ProductOrder[];
  readonly totalCount: number;
  readonly wish: PageWish<unknown>;
}

export type ListOrders = (
  line: OwnLine,
  wish: {
    readonly first: number;
    readonly after: string | null;
    readonly state: StateKind | null;
    /** First and last day in Seoul, YYYY-MM-DD. */
    readonly from: string | null;
    readonly to: string | null;
  },
) => Promise<OrderPage>;

/** The plan changes of a line (상품 변경 이력), newest first. Throws INVALID_PAGE. */
export function createListOrders(history: OrderHistory): ListOrders {
  return async ({ customerId, lineId }, { state, from, to, ...asked }) => {
    const page = readPage(asked, { maxFirst: 100, decode: decodePosition });
    const filter = {
      state,
      requestedFrom: from === null ? null : startOfDay(from),
      requestedBefore: to === null ? null : endOfDay(to),
    };
    const { orders, totalCount } = await history.page({ customerId, lineId, filter, page });
    return { items: orders, totalCount, wish: page };
  };
}
