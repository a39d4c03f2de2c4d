import { inOrdinaryWidth } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const accountLike = /^[A-Za-z\d*+/=\s-]+$/;
const counted = /[^\s-]/g;
/** Connecting information (연계정보): 88 characters of base64. */
const ci = /^[A-Za-z\d+/=*]{88}$/;
const ciShown = 7;
const accountShown = 4;

/** 110-1**-******: of an account or a USIM number the first four are shown, but never more than half; of a CI seven. */
export function maskAccount(text: string): string {
  const ordinary = inOrdinaryWidth(text);
  const count = ordinary.match(counted)?.length ?? 0;
  if (count === 0 || !accountLike.test(ordinary)) return unknownShape;
  const shown = ci.test(ordinary) ? ciShown : Math.min(accountShown, Math.floor(count / 2));
  let seen = 0;
  return ordinary.replace(counted, (character) => ((seen += 1) <= shown ? character : '*'));
}
