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

/** Where the entity asked for at a position stands in the original list; nowhere, if none was asked for there. */
export type Standing = (asked: number) => readonly number[];

/** Tells where entities stand of which each was asked for where it stands. */
export const standingAsAsked =
  (count: number): Standing =>
  (asked) =>
    asked < count ? [asked] : [];

/** Tells where entities stand of which equal ones were asked for once. */
export function standingAt(positions: readonly number[]): Standing {
  const places = new Map<number, number[]>();
  for (const [original, asked] of positions.entries()) {
    const known = places.get(asked);
    if (known === undefined) places.set(asked, [original]);
    else known.push(original);
  }
  return (asked) => places.get(asked) ?? [];
}
