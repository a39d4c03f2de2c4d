import { waitAtMost } from '@supergraph/platform/time';

/** Waits for `work` at most `timeoutMs` milliseconds and tells whether it has settled; the work itself goes on. */
export const settledWithin = async (work: Promise<unknown>, timeoutMs: number): Promise<boolean> =>
  (await waitAtMost(
    timeoutMs,
    work.then(() => true),
  )) ?? false;
