import { isJsonObject, type JsonObject } from '../json-object.ts';

const isMergedInto = (earlier: unknown, later: unknown): boolean =>
  Array.isArray(later)
    ? Array.isArray(earlier) && earlier.length === later.length
    : isJsonObject(later) && isJsonObject(earlier);

/** What root fetches brought, as one object; of two that brought the same, @apollo/gateway merges into the earlier one. */
export function mergeRoots(roots: readonly JsonObject[]): JsonObject {
  const whole = new Map<string, unknown>();
  for (const [name, value] of roots.flatMap((root) => Object.entries(root))) {
    if (!isMergedInto(whole.get(name), value)) whole.set(name, value);
  }
  return Object.fromEntries(whole);
}
