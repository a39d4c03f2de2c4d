import { setTimeout as pauseFor } from 'node:timers/promises';

import { DatabaseLost, lossOf } from './database-loss.ts';
import { isSerializationFailure } from './prisma-errors.ts';

/** How often a transaction that lost against others is run again, and how long it steps aside at first. */
const mostConflicts = 3;
const conflictPauseMs = 20;
/** A server that restarts may be back by then; whoever asks waits no longer than a second in all. */
const lossPauseMs = 250;

/** Runs work between a BEGIN and a COMMIT, as Prisma's `$transaction` does. */
type Begin<Transaction, Result> = (work: (transaction: Transaction) => Promise<Result>) => Promise<Result>;

export interface TransactionOptions {
  /** Whether running it again changes nothing where it was committed, and answers the same. */
  readonly isRepeatable?: boolean;
  readonly random?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

/**
 * Runs work all or nothing; what it throws takes everything back and comes out as it went in. Runs it again from the start
 * up to three times when it lost against another transaction, and once when the connection was lost: before the commit, or
 * during it if that is harmless. Throws DatabaseLost, which says whether it may have been committed all the same.
 */
export async function runTransaction<Transaction, Result>(
  begin: Begin<Transaction, Result>,
  work: (transaction: Transaction) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  const { isRepeatable = false, random = Math.random, pause = pauseFor } = options;
  let conflicts = 0;
  let earlier: DatabaseLost | undefined;
  for (;;) {
    try {
      return await runOnce(begin, work);
    } catch (error) {
      if (isSerializationFailure(error) && conflicts < mostConflicts) {
        conflicts += 1;
        await pause(conflictPauseMs * 2 ** conflicts * random());
      } else if (error instanceof DatabaseLost) {
        const loss = asUnclearAs(error, earlier);
        if (earlier !== undefined || loss.loss !== 'away' || (loss.mayBeDone && !isRepeatable)) throw loss;
        earlier = loss;
        await pause(lossPauseMs * (1 + random()));
      } else throw error;
    }
  }
}

/** What may have been done in the first run may be done, however the second one ended. */
const asUnclearAs = (last: DatabaseLost, earlier: DatabaseLost | undefined): DatabaseLost =>
  earlier?.mayBeDone === true && !last.mayBeDone
    ? new DatabaseLost(last.loss, { mayBeDone: true, cause: last.cause })
    : last;

async function runOnce<Transaction, Result>(
  begin: Begin<Transaction, Result>,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  let isCommitting = false;
  let thrownByWork: { readonly error: unknown } | undefined;
  try {
    return await begin(async (transaction) => {
      try {
        const result = await work(transaction);
        isCommitting = true;
        return result;
      } catch (error) {
        thrownByWork = { error };
        throw error;
      }
    });
  } catch (last) {
    const error = thrownByWork === undefined ? last : thrownByWork.error;
    const loss = lossOf(error);
    if (loss === undefined) throw error;
    throw new DatabaseLost(loss, {
      mayBeDone: isCommitting,
      cause: error instanceof DatabaseLost ? error.cause : error,
    });
  }
}
