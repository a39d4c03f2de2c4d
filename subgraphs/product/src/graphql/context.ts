import type { RequestContext } from '@supergraph/platform/server';
import type { Clock } from '@supergraph/platform/time';

import type { CheckQualification } from '../domain/check-qualification.ts';
import type { FindCurrentProduct } from '../domain/find-current-product.ts';
import type { ListChangeableOfferings } from '../domain/list-changeable-offerings.ts';
import type { ListOfferings } from '../domain/list-offerings.ts';
import type { ListOrders } from '../domain/order-history.ts';
import type { OwnCustomer } from '../domain/own-customer.ts';
import type { CatalogueSource, OrderHistory } from '../domain/ports.ts';
import type { RequestProductChange } from '../domain/request-product-change.ts';
import { createLoaders, type Loaders } from './loaders.ts';

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

export interface ProductContext extends RequestContext {
  readonly product: ProductUseCases;
  readonly caller: Caller;
  readonly loaders: Loaders;
}

const nobody: Caller = { userId: 'nobody', customerId: null };

/** Makes the context of a request, with loaders that live as long as it does. */
export const createContext =
  (product: ProductUseCases) =>
  (request: RequestContext): ProductContext => {
    const caller = request.viewer ?? nobody;
    return { ...request, product, caller, loaders: createLoaders(caller, product) };
  };
