/** The way to a place of an answer: names of fields, and positions in lists. */
export type ErrorPath = readonly (string | number)[];

/**
 * Whether a path leads to a place of the answer, or to one above which everything became null. A fetch may bring fields
 * that the client did not ask for, or under names of the gateway's own.
 */
export function isInAnswer(path: ErrorPath, data: unknown): boolean {
  let place = data;
  for (const step of path) {
    if (place === null || place === undefined) return true;
    if (typeof place !== 'object' || !Object.hasOwn(place, step)) return false;
    place = Reflect.get(place, step);
  }
  return true;
}
