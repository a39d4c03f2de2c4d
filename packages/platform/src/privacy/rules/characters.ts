const segmenter = new Intl.Segmenter('ko', { granularity: 'grapheme' });
/** Joins emoji to one character, so it stays. */
const zeroWidthJoiner = '\u200d';
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;

/** The characters of a text as a person counts them; what cannot be seen is left out. */
export const charactersOf = (text: string): readonly string[] => {
  const visible = text.replace(invisible, (character) => (character === zeroWidthJoiner ? character : ''));
  return [...segmenter.segment(visible.normalize('NFC').trim())].map(({ segment }) => segment);
};

/** Full-width digits and letters as ordinary ones. */
export const inOrdinaryWidth = (text: string): string => text.normalize('NFKC').trim();
