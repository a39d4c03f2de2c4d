import { isSuccess } from '../../domain/kos-call.ts';
import { kosCallText } from '../../domain/texts.ts';
import type { KosCallResolvers } from '../generated/resolver-types.ts';

export const KosCall: KosCallResolvers = {
  isSuccess: (call) => isSuccess(call),
  result: (call, _args, { locale }) => kosCallText(call, locale),
};
