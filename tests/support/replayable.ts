/** How a property runs. */
export interface PropertyRuns {
  readonly numRuns: number;
  readonly seed?: number;
  readonly path?: string;
  readonly endOnFailure?: boolean;
}

/**
 * So many runs, unless FC_SEED names the random numbers to run with, and FC_PATH the one case among them. A property
 * that fails prints both.
 */
export function replayable(numRuns: number): PropertyRuns {
  const { FC_SEED, FC_PATH } = process.env;
  if (FC_SEED === undefined) return { numRuns };
  const seed = Number(FC_SEED);
  return FC_PATH === undefined ? { numRuns, seed } : { numRuns: 1, seed, path: FC_PATH, endOnFailure: true };
}
