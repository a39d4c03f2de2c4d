import { charactersOf } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const latinKept = 4;
const longestName = 60;
const isSpace = (character: string): boolean => /^\s+$/u.test(character);
const isLatin = (character: string): boolean => /^\p{Script=Latin}/u.test(character);

/**
 * 홍*, 홍*동, 남**민: the first and, from three characters on, the last are shown. Of a Latin name the first four are, but
 * never more than half. Spaces are shown and not counted.
 */
export function maskName(text: string): string {
  const characters = charactersOf(text);
  const places = characters.flatMap((character, place) => (isSpace(character) ? [] : [place]));
  if (places.length === 0 || places.length > longestName) return unknownShape;
  const shown = shownPlaces(places, isLatin(characters[places[0] ?? 0] ?? ''));
  return characters.map((each, place) => (isSpace(each) ? ' ' : shown.has(place) ? each : '*')).join('');
}

function shownPlaces(places: readonly number[], isLatinName: boolean): ReadonlySet<number> {
  const count = places.length;
  if (isLatinName) return new Set(places.slice(0, Math.min(latinKept, Math.floor(count / 2))));
  return new Set([...places.slice(0, count > 1 ? 1 : 0), ...places.slice(count > 2 ? -1 : count)]);
}
