import { createPostDelivery, type OutboxMessage, type PostDeliveryOptions } from '@supergraph/platform/outbox';

import { changeResultOf } from '../domain/change-result.ts';
import { readOrderSettled } from '../messages/order-settled.ts';

/** Takes results of plan changes to the MVNO AP server, which goes by the event id when it hears one twice. */
export function createTellMvnoAp(deps: Pick<PostDeliveryOptions, 'http' | 'guard'>) {
  const post = createPostDelivery({
    ...deps,
    target: 'The MVNO AP server',
    path: '/results/product-changes',
    receipt: 202,
  });
  return async ({ id, payload }: OutboxMessage, giveUp: AbortSignal): Promise<void> => {
    await post({ eventId: id, ...changeResultOf(readOrderSettled(payload)) }, giveUp);
  };
}
