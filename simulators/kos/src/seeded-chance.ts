/** Draws that look random and are always the same for the same seed words. */
export interface Chance {
  /** At least 0, below 1. */
  fraction(): number;
  /** A whole number, both ends possible. */
  between(low: number, high: number): number;
  happens(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

export function chanceOf(...seedWords: readonly (string | number)[]): Chance {
  let state = hash(seedWords.join('|'));

  // Mulberry32: 32 bits of state are plenty for drawing a few dozen attributes.
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));

  return {
    fraction,
    between,
    happens: (probability) => fraction() < probability,
    pick(choices) {
      const picked = choices[between(0, choices.length - 1)];
      if (picked === undefined) throw new RangeError('There is nothing to pick from');
      return picked;
    },
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
