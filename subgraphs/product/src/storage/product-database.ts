import { createPrismaAdapter } from '@supergraph/database/prisma-adapter';
import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';
import { z } from 'zod';

import { Prisma, PrismaClient } from './generated/client.ts';

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
}

/** Opens the product database; where it cannot be reached, whatever is asked of it throws SERVICE_UNAVAILABLE. */
export function openProductDatabase(options: DatabaseOptions) {
  const adapter = createPrismaAdapter({
    ...options,
    applicationName: 'product',
    connectTimeoutMs: SECOND_MS,
    queryTimeoutMs: 3 * SECOND_MS,
  });
  const client = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: SECOND_MS, timeout: 5 * SECOND_MS },
  });
  return client.$extends({ query: { $allOperations: ({ args, query }) => translatingLoss(() => query(args)) } });
}

export type ProductDatabase = ReturnType<typeof openProductDatabase>;
export type Transaction = Parameters<Parameters<ProductDatabase['$transaction']>[0]>[0];

/** Runs work all or nothing; a throw takes everything back and comes out as it went in. */
export async function inTransaction<Result>(
  database: ProductDatabase,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  let thrownByWork: { readonly error: unknown } | undefined;
  const watched = async (tx: Transaction): Promise<Result> => {
    try {
      return await work(tx);
    } catch (error) {
      thrownByWork = { error };
      throw error;
    }
  };
  try {
    return await translatingLoss(() => database.$transaction(watched));
  } catch (error) {
    throw thrownByWork?.error ?? error;
  }
}

async function translatingLoss<Result>(work: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError || wasJudged(error)) throw error;
    throw new CodedError('SERVICE_UNAVAILABLE', { retryAfterMs: SECOND_MS, cause: error });
  }
}

/** Prisma's codes for a server that cannot be reached, and for a pool or a transaction out of time. */
const lossCodes = /^(P1\d{3}|P2024|P2028)$/;
/** Classes of SQLSTATE for a lost connection, a server out of room, and one shutting down or cancelling. */
const lossStates = /^(08|53|57)/;
const lossKinds = /NotReachable|ConnectionClosed|Timeout|TooManyConnections/;

const driverMeta = z.object({
  driverAdapterError: z.object({ cause: z.object({ kind: z.string(), originalCode: z.string().optional() }) }),
});

/** Whether the database itself turned a statement down; anything else says nothing about the statement. */
function wasJudged(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientValidationError) return true;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  const { kind = '', originalCode = '' } = driverMeta.safeParse(error.meta).data?.driverAdapterError.cause ?? {};
  return !lossCodes.test(error.code) && !lossKinds.test(kind) && !lossStates.test(originalCode);
}
