import { createPostDelivery, type OutboxMessage, type PostDeliveryOptions } from '@supergraph/platform/outbox';
import { standardBreakerPolicy, type GuardPolicy } from '@supergraph/platform/resilience';
import { SECOND_MS } from '@supergraph/platform/time';

import type { SealedPayloads } from '../messages/sealed-payload.ts';

/** How many results are delivered side by side. */
export const resultsAtOnce = 8;

/** What the MVNO AP server may be asked to bear. */
export const apPolicy: GuardPolicy = {
  timeoutMs: 4 * SECOND_MS,
  bulkhead: { concurrent: resultsAtOnce, queue: resultsAtOnce, queueWaitMs: SECOND_MS },
  breaker: standardBreakerPolicy,
};

/** Makes the delivery of results to the MVNO AP server, which knows a repeated one by its eventId. */
export function createPushResult(
  by: Pick<PostDeliveryOptions, 'http' | 'guard'> & { readonly payloads: Pick<SealedPayloads, 'open'> },
) {
  const { payloads, ...means } = by;
  const post = createPostDelivery({ ...means, target: 'The MVNO AP server', path: '/results/bills', receipt: 202 });
  return async ({ id, payload }: OutboxMessage, giveUp: AbortSignal): Promise<void> => {
    await post(payloads.open(id, payload), giveUp);
  };
}
