import { isPassed } from '../../domain/pre-check.ts';
import { preCheckText } from '../../domain/texts.ts';
import type { PreCheckResolvers } from '../generated/resolver-types.ts';

export const PreCheck: PreCheckResolvers = {
  isPassed: (check) => isPassed(check),
  message: (check, _args, { locale }) => preCheckText(check, locale),
};
