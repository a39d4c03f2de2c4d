import { readProductCode } from '../../domain/product-code.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { backendUnavailable, lineNotFound } from '../user-errors.ts';

export const checkProductOfferingQualification: NonNullable<
  MutationResolvers['checkProductOfferingQualification']
> = async (_parent, { input }, { product, caller, locale }) => {
  const outcome = await product.checkQualification({
    customerId: caller.customerId,
    lineId: input.lineId,
    productCode: readProductCode(input.productOfferingId),
  });
  switch (outcome.kind) {
    case 'checked':
      return { __typename: 'ProductOfferingQualification', ...outcome.qualification };
    case 'line-not-found':
      return lineNotFound(locale);
    case 'unavailable':
      return backendUnavailable(outcome.unavailability, locale);
  }
};
