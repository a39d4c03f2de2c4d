import { inOrdinaryWidth } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const numberLike = /^\+?[\d*\s().‐-―-]+$/u;
const punctuation = /[^\d*]/g;
/** Area or service code, exchange, last four: the exchange is what is masked. */
const koreanNumber = /^(02|010(?=.{8}$)|0(?:1[16789]|3[1-3]|4[1-4]|5[1-5]|6[0-4]|70|80|50\d))([\d*]{3,4})([\d*]{4})$/;
const fromAbroad = /^(?:00)?820?(?=[1-9])/;

/** 010-****-1234, 011-***-1234, 02-****-1234: the exchange (국번) is masked, however the number was written. */
export function maskPhone(text: string): string {
  const ordinary = inOrdinaryWidth(text);
  if (!numberLike.test(ordinary)) return unknownShape;
  const digits = ordinary.replace(punctuation, '').replace(fromAbroad, '0');
  const parts = koreanNumber.exec(digits);
  if (parts === null) return unknownShape;
  const [, code = '', exchange = '', last = ''] = parts;
  return `${code}-${'*'.repeat(exchange.length)}-${last}`;
}
