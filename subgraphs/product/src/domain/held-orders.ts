import { readPage, type PageWish } from '@supergraph/platform/pagination';
import type { Clock } from '@supergraph/platform/time';

import type { OperatorRequest } from './operator-decision.ts';
import { decodePosition } from './order-position.ts';
import type { HeldOrders, OperatorJournal } from './ports.ts';
import type { OrderIn } from './product-order.ts';

export interface HeldOrderPage {
  readonly items: readonly OrderIn<'NEEDS_OPERATOR'>[];
  readonly totalCount: number;
  readonly wish: PageWish<unknown>;
}

export type ListHeldOrders = (
  asked: { readonly first: number; readonly after: string | null },
  by: OperatorRequest,
) => Promise<HeldOrderPage>;

/** The orders that wait for an operator; what cannot be put on record is not shown. Throws INVALID_PAGE. */
export function createListHeldOrders(deps: {
  readonly held: HeldOrders;
  readonly journal: OperatorJournal;
  readonly clock: Clock;
  readonly newId: () => string;
}): ListHeldOrders {
  const { held, journal, clock, newId } = deps;
  return async (asked, { userId, requestId }) => {
    const page = readPage(asked, { maxFirst: 100, decode: decodePosition });
    const { orders, totalCount } = await held.page(page);
    const orderIds = orders.slice(0, page.first).map(({ id }) => id);
    await journal.looked({ id: newId(), userId, requestId, lookedAt: clock.now(), orderIds });
    return { items: orders, totalCount, wish: page };
  };
}
