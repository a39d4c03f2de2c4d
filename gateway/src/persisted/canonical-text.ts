import { Kind, print, visit, type DefinitionNode, type DocumentNode, type SelectionNode } from 'graphql';

const isPlainTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === '__typename' &&
  selection.alias === undefined &&
  (selection.directives ?? []).length === 0;

/** Client libraries add `__typename` to whatever they send; it tells nothing that the schema does not. */
function withoutTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: (set) => {
      const [first] = set.selections;
      const others = set.selections.filter((selection) => !isPlainTypename(selection));
      if (others.length === set.selections.length || first === undefined) return undefined;
      return { ...set, selections: others.length === 0 ? [first] : others };
    },
  });
}

const isExecutable = (definition: DefinitionNode) =>
  definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION;

const sortKeyOf = (definition: DefinitionNode): string =>
  `${definition.kind} ${isExecutable(definition) ? (definition.name?.value ?? '') : ''}`;

/**
 * One text for all documents that mean the same but for layout, commas, comments, the order of definitions and added
 * `__typename`s. The order of fields stays: it is that of the answer.
 */
export function canonicalTextOf(document: DocumentNode): string {
  const definitions = [...withoutTypenames(document).definitions].sort((a, b) =>
    sortKeyOf(a) < sortKeyOf(b) ? -1 : 1,
  );
  return print({ kind: Kind.DOCUMENT, definitions });
}
