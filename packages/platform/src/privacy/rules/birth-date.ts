import { inOrdinaryWidth } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

/** A year of four digits, and then nothing, a separator, or month and day. */
const withCentury = /^(18|19|20)[\d*]{2}(?:$|\D|[\d*]{4})/;

/** 19**-**-**: the century is shown. A date without one is hidden whole. */
export function maskBirthDate(text: string): string {
  const [, century] = withCentury.exec(inOrdinaryWidth(text)) ?? [];
  return century === undefined ? unknownShape : `${century}**-**-**`;
}
