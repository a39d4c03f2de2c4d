import { statusOf, type Refusal } from './refusal.ts';

/** One error of an answer. */
export interface PlacedRefusal {
  readonly refusal: Refusal;
  readonly path: readonly (string | number)[] | undefined;
}

/** When several refusals make up an answer, the one that the client must act on first decides. */
const weightiest = [401, 429, 503, 504, 403, 409, 500] as const;

/** Whether an operation brought nothing at all because each of its root fields was refused. */
function isRefusedWhole(data: unknown, errors: readonly PlacedRefusal[]): boolean {
  if (errors.length === 0) return false;
  if (typeof data !== 'object' || data === null) return true;
  const isPathless = errors.some(({ path }) => path === undefined);
  const refused = new Set(errors.map(({ path }) => path?.[0]));
  return Object.entries(data).every(([field, value]) => value === null && (isPathless || refused.has(field)));
}

/** The HTTP status of an answer: 200, unless the operation was refused as a whole with a code that has its own. */
export function answerStatus(data: unknown, errors: readonly PlacedRefusal[]): number {
  if (!isRefusedWhole(data, errors)) return 200;
  const statuses = errors.map(({ refusal }) => statusOf(refusal)).filter((status) => status !== 200);
  return weightiest.find((status) => statuses.includes(status)) ?? statuses[0] ?? 200;
}
