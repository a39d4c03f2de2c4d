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
import type { SubgraphAnswer } from './read-answer.ts';

/** What a subgraph is asked. */
export interface Fetch {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: Variables;
}

type ErrorPath = readonly (string | number)[];

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

/** The fields that a fetch would bring, as its subgraph would name them. */
interface AskedFields {
  readonly isOfEntities: boolean;
  /** Their paths: those of each entity, or all of a fetch that asks for none. */
  readonly paths: readonly (readonly ErrorPath[])[];
}

function askedFields({ query, variables }: Fetch, schema: GraphQLSchema): AskedFields {
  const document = parse(query, { noLocation: true });
  const fragments = fragmentsOf(document);
  const selectionSets = operationsOf(document).map(({ selectionSet }) => selectionSet);
  const entities = selectionSets
    .flatMap(({ selections }) => selections)
    .find((selection) => selection.kind === Kind.FIELD && selection.name.value === '_entities');
  if (entities?.kind !== Kind.FIELD || entities.selectionSet === undefined) {
    const atRoot: Reading = { fragments, variables, canBe: () => true };
    const names = selectionSets.flatMap((set) => fieldNames(set, atRoot));
    return { isOfEntities: false, paths: [names.map((name) => [name])] };
  }
  const { selectionSet } = entities;
  const { representations } = variables;
  const paths = (Array.isArray(representations) ? representations : []).map((representation, position) => {
    const typeName = typeNameOf(representation);
    const canBe = (condition: string) => mayBeBoth(schema, [condition, typeName]);
    return fieldNames(selectionSet, { fragments, variables, canBe }).map((name) => ['_entities', position, name]);
  });
  return { isOfEntities: true, paths };
}

/** Whether a path ends at a field. One that ends at an entity is what a rejected `__resolveReference` has. */
const namesField = (path: ErrorPath | null | undefined, { isOfEntities }: AskedFields): path is ErrorPath =>
  (path?.length ?? 0) > (isOfEntities ? 2 : 0);

/** The paths of the fields that are not there because of an error that names none. */
function concernedPaths(path: ErrorPath | null | undefined, { paths }: AskedFields): readonly ErrorPath[] {
  const position = path?.[1];
  const ofEntity = typeof position === 'number' ? paths[position] : undefined;
  return ofEntity ?? paths.flat();
}

/**
 * An error that names no field concerns every field of its entity, or of its fetch when it names no entity either, so that
 * none is null without one. Where no field can be told, it stays as it is: a client must never take "failed" for "none".
 */
export function placeErrors(answer: SubgraphAnswer, fetch: Fetch, schema: GraphQLSchema): SubgraphAnswer {
  if (answer.errors === undefined) return answer;
  const asked = askedFields(fetch, schema);
  const errors = answer.errors.flatMap((error) => {
    const paths = namesField(error.path, asked) ? [] : concernedPaths(error.path, asked);
    return paths.length === 0 ? [error] : paths.map((path) => ({ ...error, path }));
  });
  return { ...answer, errors };
}
