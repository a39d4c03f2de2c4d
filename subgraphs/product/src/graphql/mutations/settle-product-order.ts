import { readEffectiveDate } from '../../domain/effective-date.ts';
import type { HeldOrderOutcome } from '../../domain/settle-held-order.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import {
  backendUnavailable,
  orderNotFound,
  orderNotHeld,
  settlementContradicted,
  settlementInvalid,
  settlementUnconfirmed,
} from '../user-errors.ts';

export const settleProductOrder: NonNullable<MutationResolvers['settleProductOrder']> = async (
  _parent,
  { input },
  { product, caller: { userId }, requestId, locale, loaders },
) => {
  const outcome: HeldOrderOutcome = await product.settleHeldOrder({
    userId,
    requestId,
    orderId: input.productOrderId,
    decision: {
      outcome: input.outcome,
      effectiveDate: readEffectiveDate(input.effectiveDate ?? null),
      refusalReason: input.refusalReason ?? null,
      evidence: input.evidence,
      isKosSilenceAccepted: input.isKosSilenceAccepted ?? false,
    },
  });
  loaders.forget();
  switch (outcome.kind) {
    case 'settled':
      return { __typename: 'ProductOrder', ...outcome.order };
    case 'not-found':
      return orderNotFound(locale);
    case 'not-held':
      return orderNotHeld(outcome.order, locale);
    case 'invalid':
      return settlementInvalid(outcome.field, locale);
    case 'contradicted':
      return settlementContradicted(outcome.byKos, locale);
    case 'unconfirmed':
      return settlementUnconfirmed(locale);
    case 'unavailable':
      return backendUnavailable(outcome.unavailability, locale);
  }
};
