import type { ErrorPath } from '../answer/error-path.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { mergeRoots } from './merge-roots.ts';
import type { SubgraphAnswer } from './read-answer.ts';

/** What stands at a path of an answer; the path goes through lists without saying where. */
function standingAtPath(root: JsonObject, path: ErrorPath): readonly unknown[] {
  let places: readonly unknown[] = [root];
  for (const step of path) {
    if (step === '@') continue;
    places = places.map((place) => (isJsonObject(place) && Object.hasOwn(place, step) ? place[step] : null));
    places = places.flat(Infinity).filter((place) => place !== null && place !== undefined);
  }
  return places;
}

const represents = (representation: unknown, entity: unknown): boolean =>
  isJsonObject(representation) &&
  isJsonObject(entity) &&
  Object.entries(representation).every(([key, value]) => typeof value === 'object' || entity[key] === value);

/** Where each representation's entity stands among all; null when each stands where it does, or that cannot be told. */
function positionsAmong(entities: readonly unknown[], representations: readonly unknown[]): readonly number[] | null {
  if (entities.length === representations.length) return null;
  const positions: number[] = [];
  for (const [at, entity] of entities.entries()) {
    if (represents(representations[positions.length], entity)) positions.push(at);
  }
  return positions.length === representations.length ? positions : null;
}

/**
 * Has errors name entities as @apollo/gateway counts them. It takes the n-th representation for that of the n-th entity,
 * also when it asked for some only, as for those of one type in a list of several: the error would be another's.
 */
export function countSkippedEntities(
  answer: SubgraphAnswer,
  asked: { readonly representations: unknown; readonly path: ErrorPath; readonly roots: readonly JsonObject[] },
): SubgraphAnswer {
  const { representations, path, roots } = asked;
  if (answer.errors === undefined || !Array.isArray(representations)) return answer;
  const positions = positionsAmong(standingAtPath(mergeRoots(roots), path), representations);
  if (positions === null) return answer;
  const errors = answer.errors.map((error) => {
    const [field, position, ...inner] = error.path ?? [];
    const counted = typeof position === 'number' ? positions[position] : undefined;
    return field === undefined || counted === undefined ? error : { ...error, path: [field, counted, ...inner] };
  });
  return { ...answer, errors };
}
