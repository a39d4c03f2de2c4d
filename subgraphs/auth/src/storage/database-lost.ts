import { CodedError } from '@supergraph/platform/errors';
import { z } from 'zod';

import { Prisma } from './generated/client.ts';

/** Codes of Prisma for a pool or a transaction that ran out of time; P1… are all about reaching the server. */
const lossCodes = /^(P1\d{3}|P2024|P2028)$/;
/** Classes of SQLSTATE for a lost connection, a server out of room, and a server shutting down. */
const lossStates = /^(08|53|57)/;
const lossKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

const driverMeta = z.object({
  driverAdapterError: z.object({ cause: z.object({ kind: z.string(), originalCode: z.string().optional() }) }),
});

/** Whether the database did not get to judge a statement; it says nothing about the statement then. */
function isLoss(error: unknown): boolean {
  // The driver throws plain errors for time-outs and closed sockets; mistakes of ours have a class of their own.
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) {
    return error instanceof Error && error.constructor === Error;
  }
  const cause = driverMeta.safeParse(error.meta).data?.driverAdapterError.cause;
  return lossCodes.test(error.code) || lossKinds.has(cause?.kind ?? '') || lossStates.test(cause?.originalCode ?? '');
}

/** Runs work on the database. Throws AUTH_STATE_UNAVAILABLE when the database cannot be reached. */
export async function translateLoss<Result>(work: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isLoss(error) ? new CodedError('AUTH_STATE_UNAVAILABLE', { cause: error }) : error;
  }
}
