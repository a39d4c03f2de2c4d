/** Entities to be asked for, each once, and where each stood in the original list. */
export interface DistinctRepresentations {
  readonly distinct: readonly unknown[];
  /** For every original position, the position in `distinct`. */
  readonly positions: readonly number[];
}

/** Finds equal ones in a list; null when every one is different. The gateway writes equal ones with equal key order. */
export function distinctRepresentations(all: unknown): DistinctRepresentations | null {
  if (!Array.isArray(all) || all.length < 2) return null;
  const known = new Map<string, number>();
  const distinct: unknown[] = [];
  const positions = all.map((representation: unknown) => {
    const text = JSON.stringify(representation);
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    known.set(text, distinct.length);
    return distinct.push(representation) - 1;
  });
  return distinct.length === all.length ? null : { distinct, positions };
}

/** Puts entities back where they were asked for; each place gets an object of its own, since the gateway merges into it. */
export function spreadEntities(entities: readonly unknown[], positions: readonly number[]): unknown[] {
  const isUsed = new Set<number>();
  return positions.map((position) => {
    const entity = entities[position];
    if (!isUsed.has(position)) {
      isUsed.add(position);
      return entity;
    }
    return structuredClone(entity);
  });
}

type ErrorPath = readonly (string | number)[];

/** The paths an error has in the original list: one for each place its entity stood; all entities', if it was not asked for. */
export function spreadPath(path: ErrorPath, positions: readonly number[]): readonly ErrorPath[] {
  const [field, position, ...rest] = path;
  if (field !== '_entities' || typeof position !== 'number') return [path];
  const paths = positions.flatMap((asked, original) => (asked === position ? [['_entities', original, ...rest]] : []));
  return paths.length > 0 ? paths : [[field]];
}
