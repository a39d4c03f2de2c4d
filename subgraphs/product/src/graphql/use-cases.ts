import type { Clock } from '@supergraph/platform/time';

import type { CheckQualification } from '../domain/check-qualification.ts';
import type { FindCurrentProduct } from '../domain/find-current-product.ts';
import type { ListChangeableOfferings } from '../domain/list-changeable-offerings.ts';
import type { ListOfferings } from '../domain/list-offerings.ts';
import type { ListOrders } from '../domain/order-history.ts';
import type { OwnCustomer } from '../domain/own-customer.ts';
import type { CatalogueSource, OrderHistory } from '../domain/ports.ts';
import type { RequestProductChange } from '../domain/request-product-change.ts';

/** What the product subgraph can do. */
export interface ProductUseCases {
  readonly ownCustomer: OwnCustomer;
  readonly catalogue: CatalogueSource;
  readonly findCurrentProduct: FindCurrentProduct;
  readonly listOfferings: ListOfferings;
  readonly listChangeableOfferings: ListChangeableOfferings;
  readonly listOrders: ListOrders;
  readonly orderHistory: OrderHistory;
  readonly checkQualification: CheckQualification;
  readonly requestProductChange: RequestProductChange;
  readonly clock: Clock;
}

/** Who is asking; only customers have lines. */
export interface Caller {
  readonly userId: string;
  readonly customerId: string | null;
}
