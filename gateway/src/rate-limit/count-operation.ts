import type { OperationDefinitionNode } from 'graphql';

import type { ReadDocument } from '../operation/read-document.ts';
import { rootFieldsOf } from '../operation/root-fields.ts';
import type { GatewayContext } from '../request-context.ts';
import type { Admission, CountedRequest, RateLimits } from './rate-limits.ts';
import { weightOf } from './rules.ts';

/** Counts an operation that may run against the limits of its asker. Throws RATE_LIMITED. */
export type CountOperation = (counted: {
  readonly context: Pick<GatewayContext, 'viewer' | 'role' | 'client'>;
  readonly asked: { readonly read: ReadDocument; readonly operation: OperationDefinitionNode };
  readonly arrival: { readonly clientName: string | null; readonly tellStanding: CountedRequest['tell'] };
  /** What it will cost at most, in the units of the role's `maxCost`. */
  readonly estimatedCost: number;
}) => Promise<Admission>;

/** Makes the count for operations as the gateway reads them. */
export const createOperationCount =
  (limits: RateLimits): CountOperation =>
  async ({ context: { viewer, role, client }, asked: { read, operation }, arrival, estimatedCost }) => {
    return await limits.admit({
      userId: viewer?.userId ?? null,
      requestsPerMinute: role.requestsPerMinute,
      address: client.address,
      clientName: arrival.clientName,
      rootFields: rootFieldsOf(operation, read.document),
      weight: weightOf(estimatedCost, role.maxCost),
      tell: arrival.tellStanding,
    });
  };
