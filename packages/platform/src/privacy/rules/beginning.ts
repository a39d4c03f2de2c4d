import { charactersOf } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const shownAtMost = 2;
const visibleIn = (text: string): readonly string[] =>
  charactersOf(text).filter((character) => character.trim() !== '');

/** The first two characters and three stars, which tell nothing of the length; of one or two characters one less is shown. */
export function showBeginning(text: string): string {
  const masked = text.endsWith(unknownShape) ? visibleIn(text.slice(0, -unknownShape.length)) : null;
  if (masked !== null && masked.length <= shownAtMost && !masked.includes('*')) return masked.join('') + unknownShape;
  const characters = visibleIn(text.replaceAll('*', ''));
  return characters.slice(0, Math.min(shownAtMost, Math.max(0, characters.length - 1))).join('') + unknownShape;
}
