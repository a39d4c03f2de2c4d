import { isQualified } from '../../domain/pre-check.ts';
import { qualificationText } from '../../domain/texts.ts';
import type { ProductOfferingQualificationResolvers } from '../generated/resolver-types.ts';

export const ProductOfferingQualification: ProductOfferingQualificationResolvers = {
  result: ({ checks }) => (isQualified(checks) ? 'QUALIFIED' : 'UNQUALIFIED'),
  checks: ({ checks }) => [...checks],
  message: ({ checks }, _args, { locale }) => qualificationText(checks, locale),
};
