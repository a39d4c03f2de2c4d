import { errorText } from '@supergraph/platform/errors';
import { Kind, parse, type GraphQLFormattedError, type SelectionNode, type SelectionSetNode } from 'graphql';

import type { Refusal } from '../answer/refusal.ts';

type ErrorPath = readonly (string | number)[];

const fieldNames = (selections: readonly SelectionNode[]): readonly string[] =>
  selections
    .filter((selection) => selection.kind === Kind.FIELD)
    .map((field) => field.alias?.value ?? field.name.value)
    .filter((name) => name !== '__typename');

const typeNameOf = (representation: unknown): unknown =>
  typeof representation === 'object' && representation !== null && '__typename' in representation
    ? representation.__typename
    : undefined;

/** What would have been read of an entity: the fields under `... on` its type, or under none. */
function entityFields(entities: SelectionSetNode, typeName: unknown): readonly string[] {
  const fragments = entities.selections.filter((selection) => selection.kind === Kind.INLINE_FRAGMENT);
  const matching = fragments.filter(
    ({ typeCondition }) => typeCondition === undefined || typeCondition.name.value === typeName,
  );
  return matching.flatMap((fragment) => fieldNames(fragment.selectionSet.selections));
}

/** The paths of the fields that a fetch would have brought, as its subgraph would have named them. */
export function pathsOfFetch(query: string, representations: readonly unknown[]): readonly ErrorPath[] {
  const operation = parse(query, { noLocation: true }).definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const selections = operation?.selectionSet.selections ?? [];
  const entities = selections.find(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === '_entities',
  );
  if (entities?.kind !== Kind.FIELD || entities.selectionSet === undefined) {
    return fieldNames(selections).map((name) => [name]);
  }
  const { selectionSet } = entities;
  return representations.flatMap((representation, position) =>
    entityFields(selectionSet, typeNameOf(representation)).map((name) => ['_entities', position, name]),
  );
}

/** What a fetch that brought nothing means to the client: the same refusal for each of its fields. */
export const failedFetch = (
  { query, representations }: { readonly query: string; readonly representations: readonly unknown[] },
  { code, retryAfterMs }: Refusal,
): readonly GraphQLFormattedError[] =>
  pathsOfFetch(query, representations).map((path) => ({
    message: errorText(code, 'en'),
    path,
    extensions: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  }));
