import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';

import type { ErrorPath } from '../answer/error-path.ts';
import { askedFields, type Fetch } from './asked-fields.ts';
import type { SubgraphAnswer } from './read-answer.ts';
import type { Standing } from './representations.ts';

type NamedPath = ErrorPath | null | undefined;

/** How many places the errors of one fetch are told of, beside one each: what failed must not cost more than what works. */
export const mostFurtherPlaces = 200;

const withoutPlace = ({ message, extensions }: GraphQLFormattedError): GraphQLFormattedError => ({
  message,
  ...(extensions !== undefined && { extensions }),
});

/**
 * Finds the fields that an error concerns: the one it names, at each place where that entity stands; or, when it names
 * none, every field of its entity, or of its fetch. A rejected `__resolveReference` names an entity and no field.
 */
function createPlaces(
  fetch: Fetch,
  standing: Standing,
  schema: GraphQLSchema,
): (path: NamedPath) => Iterable<ErrorPath> {
  const isOfEntities = Array.isArray(fetch.variables['representations']);
  let known: readonly (readonly string[])[] | null = null;
  const fields = () => (known ??= askedFields(fetch, schema));

  function* ofRoot(path: NamedPath): Generator<ErrorPath> {
    if (path && path.length > 0) yield path;
    else for (const name of fields().flat()) yield [name];
  }

  function* ofEntities(path: NamedPath): Generator<ErrorPath> {
    const [root, position, ...inner] = path ?? [];
    const named = root === '_entities' && typeof position === 'number' ? standing(position) : [];
    const concerned = named.length > 0 ? named : fields().keys();
    for (const entity of concerned) {
      if (named.length > 0 && inner.length > 0) yield ['_entities', entity, ...inner];
      else for (const name of fields()[entity] ?? []) yield ['_entities', entity, name];
    }
  }

  return isOfEntities ? ofEntities : ofRoot;
}

/** The first places, and whether those are all there are. */
function take(places: Iterable<ErrorPath>, most: number): { readonly taken: ErrorPath[]; readonly isAll: boolean } {
  const taken: ErrorPath[] = [];
  for (const place of places) {
    if (taken.length === most) return { taken, isAll: false };
    taken.push(place);
  }
  return { taken, isAll: taken.length > 0 };
}

/**
 * Puts the errors of a fetch where they belong, so that no field is null without one. What has no place, or more than may
 * be told, stands once without: nothing above those fields is null, so there is no truer place, and a client must never
 * take "failed" for "none".
 */
export function placeErrors(
  answer: SubgraphAnswer,
  { fetch, standing }: { readonly fetch: Fetch; readonly standing: Standing },
  schema: GraphQLSchema,
): SubgraphAnswer {
  if (answer.errors === undefined) return answer;
  const placesOf = createPlaces(fetch, standing, schema);
  const placed: GraphQLFormattedError[] = [];
  const unplaced = new Map<string, GraphQLFormattedError>();
  let left = mostFurtherPlaces;
  for (const error of answer.errors) {
    const { taken, isAll } = take(placesOf(error.path), 1 + left);
    left -= Math.max(taken.length - 1, 0);
    for (const path of taken) placed.push({ ...error, path });
    if (isAll) continue;
    const rest = withoutPlace(error);
    unplaced.set(JSON.stringify(rest), rest);
  }
  return { ...answer, errors: [...placed, ...unplaced.values()] };
}
