import type { RequestContext } from '@supergraph/platform/server';

import type { Caller } from '../domain/own-lines.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { BillingUseCases } from './use-cases.ts';

export interface BillingContext extends RequestContext {
  readonly billing: BillingUseCases;
  readonly caller: Caller;
  readonly loaders: Loaders;
}

const nobody: Caller = { userId: 'nobody', customerId: null };

/** Makes the context of a request, with loaders that live as long as it does. */
export const createContext =
  (billing: BillingUseCases) =>
  (request: RequestContext): BillingContext => {
    const caller = request.viewer ?? nobody;
    return { ...request, billing, caller, loaders: createLoaders({ caller, deadline: request.deadline }, billing) };
  };
