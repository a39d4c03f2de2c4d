import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

import { fragmentsOf, measureOnce, type Fragments } from './fragments.ts';

/** How often each root field is asked for, by its name in the schema, fragments written out. */
export type RootFieldCounts = ReadonlyMap<string, number>;

const none: RootFieldCounts = new Map();

function sum(all: readonly RootFieldCounts[]): RootFieldCounts {
  const total = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of counts) total.set(name, (total.get(name) ?? 0) + count);
  }
  return total;
}

/** Makes the count of root fields for the operations of a document. */
export const createRootFieldCount = (fragments: Fragments): ((selections: SelectionSetNode) => RootFieldCounts) =>
  measureOnce(fragments, none, function count(set, ofFragment): RootFieldCounts {
    return sum(
      set.selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return new Map([[selection.name.value, 1]]);
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        return count(selection.selectionSet, ofFragment);
      }),
    );
  });

const known = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/** The root fields of an operation by their names in the schema; found once for as long as its document is kept. */
export function rootFieldsOf(operation: OperationDefinitionNode, document: DocumentNode): ReadonlySet<string> {
  const earlier = known.get(operation);
  if (earlier !== undefined) return earlier;
  const found = new Set(createRootFieldCount(fragmentsOf(document))(operation.selectionSet).keys());
  known.set(operation, found);
  return found;
}
