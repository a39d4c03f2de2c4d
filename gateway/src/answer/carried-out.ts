import type { FormattedExecutionResult } from 'graphql';

/**
 * Whether some of a mutation was made although its answer may be null: what went wrong stands below a root field, which
 * had been carried out then, or not at every one of them. An operation that was refused has no data at all, and a failure
 * without a place may be that of all.
 */
export function isCarriedOut(
  { data, errors = [] }: FormattedExecutionResult,
  rootFields: ReadonlySet<string>,
): boolean {
  if (data === undefined) return false;
  const paths = errors.map(({ path = [] }) => path);
  if (paths.some(({ length }) => length > 1)) return true;
  const changes = [...rootFields].filter((name) => !name.startsWith('__'));
  return paths.every(({ length }) => length === 1) && new Set(paths.map(([key]) => key)).size < changes.length;
}
