import {
  doTypesOverlap,
  isCompositeType,
  Kind,
  parse,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import { fragmentsOf, type Fragments } from '../operation/fragments.ts';
import { operationsOf } from '../operation/facts.ts';
import type { Variables } from '../operation/expand-operation.ts';

/** What a subgraph is asked. */
export interface Fetch {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: Variables;
}

interface Reading {
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** Whether what is read can be of a type. */
  readonly canBe: (typeName: string) => boolean;
}

/** Whether `@skip` and `@include` leave a selection in, as far as the variables tell: those left out may have defaults. */
const isWanted = ({ directives = [] }: SelectionNode, variables: Variables): boolean =>
  directives.every(({ name, arguments: [condition] = [] }) => {
    const { value } = condition ?? {};
    const holds = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
    return !(name.value === 'skip' && holds === true) && !(name.value === 'include' && holds === false);
  });

/** The names under which a selection set brings fields, in whatever fragments they stand. */
function fieldNames({ selections }: SelectionSetNode, reading: Reading): readonly string[] {
  const wanted = selections.filter((selection) => isWanted(selection, reading.variables));
  return wanted.flatMap((selection): readonly string[] => {
    if (selection.kind === Kind.FIELD) {
      return selection.name.value === '__typename' ? [] : [(selection.alias ?? selection.name).value];
    }
    const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
    const fragment = isSpread ? reading.fragments.get(selection.name.value) : selection;
    if (fragment === undefined) return [];
    const { typeCondition, selectionSet } = fragment;
    const isRead = typeCondition === undefined || reading.canBe(typeCondition.name.value);
    return isRead ? fieldNames(selectionSet, reading) : [];
  });
}

const typeNameOf = (representation: unknown): string =>
  typeof representation === 'object' && representation !== null && '__typename' in representation
    ? String(representation.__typename)
    : '';

/** Whether one value may be of both types; of types that the schema does not have, only if they are the same. */
function mayBeBoth(schema: GraphQLSchema, [one, other]: readonly [string, string]): boolean {
  const [type, otherType] = [schema.getType(one), schema.getType(other)];
  if (!isCompositeType(type) || !isCompositeType(otherType)) return one === other;
  return doTypesOverlap(schema, type, otherType);
}

/**
 * The names of the fields that a fetch would bring, as its subgraph would name them: those of each entity it asks for, or,
 * when it asks for none, one list.
 */
export function askedFields({ query, variables }: Fetch, schema: GraphQLSchema): readonly (readonly string[])[] {
  const document = parse(query, { noLocation: true });
  const fragments = fragmentsOf(document);
  const selectionSets = operationsOf(document).map(({ selectionSet }) => selectionSet);
  const entities = selectionSets
    .flatMap(({ selections }) => selections)
    .find((selection) => selection.kind === Kind.FIELD && selection.name.value === '_entities');
  const { representations } = variables;
  if (entities?.kind !== Kind.FIELD || entities.selectionSet === undefined || !Array.isArray(representations)) {
    const atRoot: Reading = { fragments, variables, canBe: () => true };
    return [selectionSets.flatMap((set) => fieldNames(set, atRoot))];
  }
  const { selectionSet } = entities;
  const known = new Map<string, readonly string[]>();
  return representations.map((representation) => {
    const typeName = typeNameOf(representation);
    const canBe = (condition: string) => mayBeBoth(schema, [condition, typeName]);
    const names = known.get(typeName) ?? fieldNames(selectionSet, { fragments, variables, canBe });
    known.set(typeName, names);
    return names;
  });
}
