import { Kind, type SelectionSetNode } from 'graphql';

import { measureOnce, type Fragments } from './fragments.ts';

const introspectionFields = new Set(['__schema', '__type']);

/** How deep the fields of an operation are nested: of the data, and of what it asks about the schema. */
export interface Depth {
  readonly data: number;
  readonly introspection: number;
}

const none: Depth = { data: 0, introspection: 0 };

const deeper = (a: Depth, b: Depth): Depth => ({
  data: Math.max(a.data, b.data),
  introspection: Math.max(a.introspection, b.introspection),
});

/** Measures nesting; fragments and inline fragments add none of their own. */
export function depthOf(selections: SelectionSetNode, fragments: Fragments): Depth {
  const measure = measureOnce(fragments, none, function depth(set, ofFragment): Depth {
    return set.selections
      .map((selection): Depth => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        const inner = selection.selectionSet ? depth(selection.selectionSet, ofFragment) : none;
        if (selection.kind === Kind.INLINE_FRAGMENT) return inner;
        if (introspectionFields.has(selection.name.value)) {
          return { data: 1, introspection: Math.max(inner.data, inner.introspection) + 1 };
        }
        return { data: inner.data + 1, introspection: inner.introspection };
      })
      .reduce(deeper, none);
  });
  return measure(selections);
}
