import type { RequestContext } from '@supergraph/platform/server';

import { createLoaders, type Loaders } from './loaders.ts';
import type { Caller, ProductUseCases } from './use-cases.ts';

export interface ProductContext extends RequestContext {
  readonly product: ProductUseCases;
  readonly caller: Caller;
  readonly loaders: Loaders;
}

const nobody: Caller = { userId: 'nobody', sessionId: 'none', customerId: null };

/** Makes the context of a request, with loaders that live as long as it does. */
export const createContext =
  (product: ProductUseCases) =>
  (request: RequestContext): ProductContext => {
    const { userId, sessionId, customerId } = request.viewer ?? nobody;
    const caller = { userId, sessionId, customerId };
    return { ...request, product, caller, loaders: createLoaders(caller, product) };
  };
