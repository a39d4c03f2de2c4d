import { Kind, type SelectionSetNode } from 'graphql';

import { measureOnce, type Fragments } from './fragments.ts';

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
