import {
  Kind,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type TypeNode,
} from 'graphql';
import { z } from 'zod';

import { directivesIn } from './directive-map.ts';

/** Any one group must be met as a whole; a place may have several such requirements, all to be met. */
const groups = z.array(z.array(z.string()));

/** What a field demands of whoever selects it: by itself, by its type, and by the type of its value. */
export interface FieldPolicy {
  readonly isForSignedIn: boolean;
  /** Of `@requiresScopes`. */
  readonly scopes: readonly (readonly (readonly string[])[])[];
  /** Of `@policy`: names of rules that the gateway evaluates. */
  readonly policies: readonly (readonly (readonly string[])[])[];
}

/** The policy of every field of a supergraph by coordinate, e.g. `Line.bill`. */
export type PolicyMap = Readonly<Record<string, FieldPolicy>>;

function groupsOf(directives: readonly ConstDirectiveNode[], name: 'requiresScopes' | 'policy'): string[][][] {
  return directives
    .filter((directive) => directive.name.value === name)
    .map((directive) => groups.parse(directive.arguments?.[0] && valueFromASTUntyped(directive.arguments[0].value)));
}

const distinct = <Value>(values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

function policyOf(directives: readonly ConstDirectiveNode[]): FieldPolicy {
  return {
    isForSignedIn: directives.some(({ name }) => name.value === 'authenticated'),
    scopes: distinct(groupsOf(directives, 'requiresScopes')),
    policies: distinct(groupsOf(directives, 'policy')),
  };
}

const isSilent = ({ isForSignedIn, scopes, policies }: FieldPolicy): boolean =>
  !isForSignedIn && scopes.length === 0 && policies.length === 0;

const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));

interface Place {
  readonly coordinate: string;
  readonly typeName: string;
  readonly field: FieldDefinitionNode;
}

function placesIn(supergraph: DocumentNode): readonly Place[] {
  return supergraph.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (type.fields ?? []).map((field) => ({
          coordinate: `${type.name.value}.${field.name.value}`,
          typeName: type.name.value,
          field,
        }))
      : [],
  );
}

/** The object types that may stand behind an interface. */
function implementorsIn(supergraph: DocumentNode): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name } of type.interfaces ?? []) {
      found.set(name.value, [...(found.get(name.value) ?? []), type.name.value]);
    }
  }
  return found;
}

/** Reads a supergraph's policies. A field of an interface demands what it demands on any type behind the interface. */
export function fieldPoliciesOf(supergraph: DocumentNode): PolicyMap {
  const directives = directivesIn(supergraph);
  const implementors = implementorsIn(supergraph);
  const at = (coordinate: string) => directives.get(coordinate) ?? [];
  const policies = placesIn(supergraph).map(({ coordinate, typeName, field }) => {
    const holders = [typeName, ...(implementors.get(typeName) ?? [])];
    const own = holders.flatMap((holder) => [...at(holder), ...at(`${holder}.${field.name.value}`)]);
    return [coordinate, policyOf([...own, ...at(named(field.type))])] as const;
  });
  return Object.fromEntries(policies.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Deny by default: the fields that say nothing about who may see them, by themselves or by the type they belong to. */
export function fieldsWithoutPolicy(supergraph: DocumentNode): readonly string[] {
  const directives = directivesIn(supergraph);
  const behind = implementorsIn(supergraph);
  return placesIn(supergraph)
    .filter(({ typeName }) => !behind.has(typeName))
    .filter(({ coordinate, typeName }) =>
      isSilent(policyOf([...(directives.get(typeName) ?? []), ...(directives.get(coordinate) ?? [])])),
    )
    .map(({ coordinate }) => coordinate);
}
