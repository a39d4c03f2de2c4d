import type { OperationDefinitionNode } from 'graphql';

import type { ReadDocument } from '../operation/read-document.ts';
import { rootFieldsOf } from '../operation/root-fields.ts';
import type { GatewayContext } from '../request-context.ts';
import type { Admission, CountedCaller, RateLimits } from './rate-limits.ts';
import { weightOf } from './rules.ts';

/** Counts what else an operation that may run counts for. Throws RATE_LIMITED. */
export type CountOperation = (counted: {
  readonly asked: { readonly read: ReadDocument; readonly operation: OperationDefinitionNode };
  /** What it will cost at most, in the units of the role's `maxCost`. */
  readonly estimatedCost: number;
}) => Promise<Admission>;

/** Counts a request once against the limits of whoever sent it, though it be refused. Throws RATE_LIMITED. */
export type CountRequest = (counted: {
  readonly caller: Pick<GatewayContext, 'viewer' | 'role'>;
  readonly arrival: {
    readonly client: Pick<GatewayContext['client'], 'address'>;
    readonly clientName: string | null;
    readonly tellStanding: CountedCaller['tell'];
  };
}) => Promise<CountOperation>;

/** Makes the count for requests as the gateway reads them. */
export const createRequestCount =
  (limits: RateLimits): CountRequest =>
  async ({ caller: { viewer, role }, arrival: { client, clientName, tellStanding } }) => {
    const counted = await limits.enter({
      userId: viewer?.userId ?? null,
      requestsPerMinute: role.requestsPerMinute,
      address: client.address,
      clientName,
      tell: tellStanding,
    });
    return async ({ asked: { read, operation }, estimatedCost }) =>
      await counted.admit({
        rootFields: rootFieldsOf(operation, read.document),
        weight: weightOf(estimatedCost, role.maxCost),
      });
  };
