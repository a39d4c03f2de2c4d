import { isSensitiveKind, type SensitiveKind } from '@supergraph/platform/privacy';
import type { DirectiveMap } from '@supergraph/schema/directive-map';
import {
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

/** Which fields of which object types are masked, and how. */
export interface Masks {
  /** By type and field, as in `Line.phoneNumber`. */
  readonly kinds: ReadonlyMap<string, SensitiveKind>;
  /** The names of those fields, to tell quickly that an operation asks for none. */
  readonly fieldNames: ReadonlySet<string>;
}

/** Whoever is issued a password or a token gets to see it: there is no other answer that one could stand in. */
const shownToAll: ReadonlySet<SensitiveKind> = new Set(['SECRET']);

function kindIn(directives: readonly ConstDirectiveNode[] | undefined, place: string): SensitiveKind | null {
  const sensitive = directives?.find(({ name }) => name.value === 'sensitive');
  if (sensitive === undefined) return null;
  const kind = sensitive.arguments?.find(({ name }) => name.value === 'kind')?.value;
  if (kind?.kind === Kind.ENUM && isSensitiveKind(kind.value)) return kind.value;
  throw new Error(`${place} is @sensitive of a kind that there is no mask for`);
}

function assertIsText(field: GraphQLField<unknown, unknown>, place: string): void {
  if (!isLeafType(getNamedType(field.type)))
    throw new Error(`${place} is @sensitive, but only its parts can be masked`);
}

/**
 * Reads out of a supergraph what is masked. A field is as sensitive as an interface of its type says, even if the type
 * itself does not. Throws when a declaration cannot be kept.
 */
export function compileMasks(directives: DirectiveMap, schema: GraphQLSchema): Masks {
  const kinds = new Map<string, SensitiveKind>();
  const fieldNames = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const places = [type, ...type.getInterfaces()].map(({ name }) => `${name}.${field.name}`);
      const kind = places.map((place) => kindIn(directives.get(place), place)).find((each) => each !== null);
      if (kind === undefined || shownToAll.has(kind)) continue;
      assertIsText(field, `${type.name}.${field.name}`);
      fieldNames.add(field.name);
      if (isObjectType(type)) kinds.set(`${type.name}.${field.name}`, kind);
    }
  }
  return { kinds, fieldNames };
}
