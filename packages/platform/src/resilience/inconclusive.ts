import { CutShort } from './call-with-timeout.ts';

/** What work throws that ended, or never began, for a reason which is not the dependency's; that is its cause. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';

  constructor(cause: unknown) {
    super('the call was given up', { cause });
  }
}

/** Whether what work threw says nothing of how the dependency is. */
export const tellsNothing = (error: unknown): boolean => error instanceof CutShort || error instanceof Inconclusive;
