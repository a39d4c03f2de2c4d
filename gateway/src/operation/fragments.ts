import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** The fragments of a document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Finds the fragments of a document. */
export const fragmentsOf = (document: DocumentNode): Fragments =>
  new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );

/**
 * Makes a measure of selection sets that looks into each fragment once, however often it is spread. A fragment within
 * itself, or one that does not exist, measures `nothing`: validation refuses both.
 */
export function measureOnce<Measure>(
  fragments: Fragments,
  nothing: Measure,
  measure: (selections: SelectionSetNode, ofFragment: (name: string) => Measure) => Measure,
): (selections: SelectionSetNode) => Measure {
  const known = new Map<string, Measure>();
  const ofFragment = (name: string): Measure => {
    const earlier = known.get(name);
    if (earlier !== undefined) return earlier;
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const found = fragment === undefined ? nothing : measure(fragment.selectionSet, ofFragment);
    known.set(name, found);
    return found;
  };
  return (selections) => measure(selections, ofFragment);
}
