import { showBeginning } from './beginning.ts';
import { inOrdinaryWidth } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const address = /^([^\s@]{1,64})@([\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,10})$/u;
/** A domain that is a number says who somebody is. */
const number = /(?:\d[.-]?){5}/;

/** ab***@domain: two characters of the local part are shown, fewer of a short one. */
export function maskEmail(text: string): string {
  const [, local, domain] = address.exec(inOrdinaryWidth(text)) ?? [];
  if (local === undefined || domain === undefined || number.test(domain)) return unknownShape;
  return `${showBeginning(local)}@${domain}`;
}
