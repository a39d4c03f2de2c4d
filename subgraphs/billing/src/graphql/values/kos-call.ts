import { errorText } from '@supergraph/platform/errors';

import type { KosCallResolvers } from '../generated/resolver-types.ts';

export const KosCall: KosCallResolvers = {
  isSuccess: ({ outcome }) => outcome === 'FOUND',
  result: ({ outcome, circuit, resultMessage }, _args, { locale }) => {
    if (resultMessage !== null) return resultMessage;
    const isHeldBack = outcome === 'NOT_ASKED' && circuit === 'CLOSED';
    return errorText(isHeldBack ? 'KOS_BUSY' : 'KOS_UNAVAILABLE', locale);
  },
};
