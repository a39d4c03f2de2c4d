import type { Clock } from '@supergraph/platform/time';

import type { CheckQualification } from '../domain/check-qualification.ts';
import type { ListNotices } from '../domain/customer-notice.ts';
import type { FindCurrentProduct } from '../domain/find-current-product.ts';
import type { ListHeldOrders } from '../domain/held-orders.ts';
import type { ListChangeableOfferings } from '../domain/list-changeable-offerings.ts';
import type { ListOfferings } from '../domain/list-offerings.ts';
import type { ListOrders } from '../domain/order-history.ts';
import type { OwnCustomer } from '../domain/own-customer.ts';
import type { CatalogueSource, OrderHistory } from '../domain/ports.ts';
import type { RequestProductChange } from '../domain/request-product-change.ts';
import type { SettleHeldOrder } from '../domain/settle-held-order.ts';

/** What the product subgraph can do. */
export interface ProductUseCases {
  readonly ownCustomer: OwnCustomer;
  readonly catalogue: CatalogueSource;
  readonly findCurrentProduct: FindCurrentProduct;
  readonly listOfferings: ListOfferings;
  readonly listChangeableOfferings: ListChangeableOfferings;
  readonly listOrders: ListOrders;
  readonly orderHistory: OrderHistory;
  readonly listNotices: ListNotices;
  readonly checkQualification: CheckQualification;
  readonly requestProductChange: RequestProductChange;
  readonly listHeldOrders: ListHeldOrders;
  readonly settleHeldOrder: SettleHeldOrder;
  readonly clock: Clock;
}

/** Who is asking; only customers have lines. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly customerId: string | null;
}
