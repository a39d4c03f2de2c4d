import {
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';

/**
 * The directives of a schema by coordinate: `Type`, `Type.field`, `Type.field(argument:)`, and `Input.field` alike. Every
 * place is there, also one without directives.
 */
export type DirectiveMap = ReadonlyMap<string, readonly ConstDirectiveNode[]>;

const isType = (node: { readonly kind: string }): node is TypeDefinitionNode | TypeExtensionNode =>
  node.kind.endsWith('TypeDefinition') || node.kind.endsWith('TypeExtension');

/** Reads the directives of every type, field and argument out of a document, extensions included. */
export function directivesIn(document: DocumentNode): DirectiveMap {
  const found = new Map<string, readonly ConstDirectiveNode[]>();
  const add = (coordinate: string, { directives = [] }: { readonly directives?: readonly ConstDirectiveNode[] }) => {
    found.set(coordinate, [...(found.get(coordinate) ?? []), ...directives]);
  };
  for (const type of document.definitions.filter(isType)) {
    add(type.name.value, type);
    for (const field of 'fields' in type ? (type.fields ?? []) : []) {
      const coordinate = `${type.name.value}.${field.name.value}`;
      add(coordinate, field);
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      for (const argument of field.arguments ?? []) add(`${coordinate}(${argument.name.value}:)`, argument);
    }
  }
  return found;
}
