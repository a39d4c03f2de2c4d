import { fileURLToPath } from 'node:url';
import { readdirSync, readFileSync } from 'node:fs';

import { Kind, parse, type DocumentNode, type FieldDefinitionNode, type TypeNode } from 'graphql';

const subgraphs = fileURLToPath(new URL('../../schema/subgraphs/', import.meta.url));
/** Types through which a person's things are reached. */
const ways = new Set(['Query', 'Mutation', 'User', 'Customer', 'Line']);
/** Whoever calls these is not signed in yet. */
const beforeLogin = new Set(['Mutation.login', 'Mutation.refreshSession']);
/** Facts about the account itself, seen with `me`. */
const plainFacts = new Set(['ID', 'String', 'DateTime', 'UserRole', 'AccountStatus']);

const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));
const isPlain = (field: FieldDefinitionNode): boolean => plainFacts.has(named(field.type));

function placesOf(document: DocumentNode): string[] {
  return document.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION && ways.has(type.name.value)
      ? (type.fields ?? []).filter((field) => !isPlain(field)).map((field) => `${type.name.value}.${field.name.value}`)
      : [],
  );
}

/** Every field of the supergraph that takes or leads to something that belongs to somebody, read from the SDL. */
export function readPlaces(): ReadonlySet<string> {
  const places = readdirSync(subgraphs)
    .filter((file) => file.endsWith('.graphql'))
    .flatMap((file) => placesOf(parse(readFileSync(`${subgraphs}${file}`, 'utf8'))));
  return new Set(places.filter((place) => !beforeLogin.has(place)));
}
