import { Kind, type SelectionSetNode } from 'graphql';

import { measureOnce, type Fragments } from './fragments.ts';

/** How many selections an operation has once every fragment is written out where it is spread; linear in the document. */
export function expandedSize(selections: SelectionSetNode, fragments: Fragments): number {
  const sizeOf = measureOnce(fragments, 0, function size(set, ofFragment): number {
    let total = 0;
    for (const selection of set.selections) {
      total += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) total += ofFragment(selection.name.value);
      else if (selection.selectionSet !== undefined) total += size(selection.selectionSet, ofFragment);
    }
    return total;
  });
  return sizeOf(selections);
}
