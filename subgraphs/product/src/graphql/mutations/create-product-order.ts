import { readProductCode } from '../../domain/product-code.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import {
  backendUnavailable,
  changeInProgress,
  changeNotAllowed,
  lineNotFound,
  versionConflict,
} from '../user-errors.ts';

export const createProductOrder: NonNullable<MutationResolvers['createProductOrder']> = async (
  _parent,
  { input },
  { product, caller, deadline, locale, loaders },
) => {
  const outcome = await product.requestProductChange({
    userId: caller.userId,
    customerId: caller.customerId,
    externalId: input.externalId,
    lineId: input.lineId,
    productCode: readProductCode(input.productOfferingId),
    requestedStart: input.requestedStart ?? 'IMMEDIATELY',
    expectedVersion: input.expectedProductVersion ?? null,
    deadline,
  });
  loaders.forget();
  switch (outcome.kind) {
    case 'ordered':
      return { __typename: 'ProductOrder', ...outcome.order };
    case 'not-allowed':
      return changeNotAllowed(outcome, locale);
    case 'version-conflict':
      return versionConflict(outcome.currentVersion, locale);
    case 'in-progress':
      return changeInProgress(outcome.order, locale);
    case 'line-not-found':
      return lineNotFound(locale);
    case 'unavailable':
      return backendUnavailable(outcome.unavailability, locale);
  }
};
