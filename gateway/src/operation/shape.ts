import { Kind, type FieldNode, type SelectionNode, type SelectionSetNode } from 'graphql';

import { measureOnce, type Fragments } from './fragments.ts';

/** What a selection set amounts to with every fragment written out where it is spread. */
export interface Shape {
  /** Fields nested in one another. Fragments add none of their own. */
  readonly depth: number;
  /** The same for what is asked about the schema. */
  readonly introspectionDepth: number;
  /** Different fields of each selection set, all together, but for what is asked about the schema. */
  readonly height: number;
  readonly expandedSelections: number;
  /** Fields and spreads that stand twice in one selection set. */
  readonly repeatedSelections: number;
  /** Lists about the schema under a name of their own, by which one list could be had many times. */
  readonly introspectionAliases: number;
}

/** While it is not known yet whether a field is about the schema. */
interface Measured extends Shape {
  readonly aliasedLists: number;
}

/** By which an operation asks what the schema is. */
export const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type']);
/** What the schema is told in, list by list; these alone make an answer about it grow. */
const introspectionLists = new Set([
  'types',
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'enumValues',
  'args',
  'directives',
]);
const nothing: Measured = {
  depth: 0,
  introspectionDepth: 0,
  height: 0,
  expandedSelections: 0,
  repeatedSelections: 0,
  introspectionAliases: 0,
  aliasedLists: 0,
};

const together = (a: Measured, b: Measured): Measured => ({
  depth: Math.max(a.depth, b.depth),
  introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
  height: a.height + b.height,
  expandedSelections: a.expandedSelections + b.expandedSelections,
  repeatedSelections: a.repeatedSelections + b.repeatedSelections,
  introspectionAliases: a.introspectionAliases + b.introspectionAliases,
  aliasedLists: a.aliasedLists + b.aliasedLists,
});

/** A field around what is selected in it. */
function nested({ name: { value: name }, alias }: FieldNode, inner: Measured): Measured {
  if (!introspectionFields.has(name)) {
    const isAliasedList = alias !== undefined && introspectionLists.has(name);
    return { ...inner, depth: inner.depth + 1, aliasedLists: inner.aliasedLists + (isAliasedList ? 1 : 0) };
  }
  const isAliasedSchema = alias !== undefined && name === '__schema';
  return {
    ...inner,
    depth: 1,
    height: 0,
    introspectionDepth: Math.max(inner.depth, inner.introspectionDepth) + 1,
    introspectionAliases: inner.aliasedLists + (isAliasedSchema ? 1 : 0),
    aliasedLists: 0,
  };
}

/** Under what a selection would stand twice; null for an inline fragment, whose content speaks for itself. */
function spellingOf(selection: SelectionNode): string | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return null;
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}`;
  return `${selection.alias?.value ?? ''}:${selection.name.value}`;
}

/** Makes the measure of a document's selection sets: for all of them together, its time is linear in the document. */
export const createShapeMeasure = (fragments: Fragments): ((selections: SelectionSetNode) => Shape) =>
  measureOnce(fragments, nothing, function shape(set, ofFragment): Measured {
    const spellings = new Set<string>();
    const fields = new Set<string>();
    let total = nothing;
    for (const selection of set.selections) {
      const spelling = spellingOf(selection);
      const isRepeated = spelling !== null && spellings.has(spelling);
      if (spelling !== null) spellings.add(spelling);
      const isOtherField = selection.kind === Kind.FIELD && !fields.has(selection.name.value);
      if (isOtherField) fields.add(selection.name.value);
      const own = {
        ...nothing,
        height: isOtherField ? 1 : 0,
        expandedSelections: 1,
        repeatedSelections: isRepeated ? 1 : 0,
      };
      total = together(total, together(own, within(selection)));
    }
    return total;

    function within(selection: SelectionNode): Measured {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
      const inner = selection.selectionSet ? shape(selection.selectionSet, ofFragment) : nothing;
      return selection.kind === Kind.FIELD ? nested(selection, inner) : inner;
    }
  });
