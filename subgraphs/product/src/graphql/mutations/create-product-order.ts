import { readProductCode } from '../../domain/product-code.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import {
  backendUnavailable,
  changeInProgress,
  changeNotAllowed,
  lineNotFound,
  stepUpRequired,
  versionConflict,
} from '../user-errors.ts';

export const createProductOrder: NonNullable<MutationResolvers['createProductOrder']> = async (
  _parent,
  { input },
  { product, caller, deadline, locale, loaders },
) => {
  const outcome = await product.requestProductChange({
    ...caller,
    externalId: input.externalId,
    lineId: input.lineId,
    productCode: readProductCode(input.productOfferingId),
    requestedStart: input.requestedStart ?? 'IMMEDIATELY',
    expectedVersion: input.expectedProductVersion ?? null,
    stepUpToken: input.stepUpToken ?? null,
    deadline,
  });
  loaders.forget();
  switch (outcome.kind) {
    case 'ordered':
      return { __typename: 'ProductOrder', ...outcome.order };
    case 'not-allowed':
      return changeNotAllowed(outcome, locale);
    case 'step-up-required':
      return stepUpRequired(outcome.need, locale);
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
