import { createPrismaAdapter } from '@supergraph/database/prisma-adapter';
import { CodedError } from '@supergraph/platform/errors';
import { SECOND_MS } from '@supergraph/platform/time';
import { z } from 'zod';

import { Prisma, PrismaClient } from './generated/client.ts';

/** Opens the billing database. Every wait for it has an end; while it is away each query throws SERVICE_UNAVAILABLE. */
export function openBillingDatabase(options: {
  readonly url: string;
  readonly maxConnections: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
}) {
  const adapter = createPrismaAdapter({
    ...options,
    applicationName: 'billing',
    connectTimeoutMs: 2 * SECOND_MS,
    queryTimeoutMs: 3 * SECOND_MS,
  });
  const client = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 2 * SECOND_MS, timeout: 5 * SECOND_MS },
  });
  return client.$extends({ query: { $allOperations: ({ args, query }) => query(args).catch(tellLoss) } });
}

export type BillingDatabase = ReturnType<typeof openBillingDatabase>;

/** SQLSTATE classes of a statement that the database itself refused: data, constraints, syntax, a row lock lost. */
const refusalStates = /^(2|4)/;
const refusal = z.object({
  driverAdapterError: z.object({ cause: z.object({ originalCode: z.string().regex(refusalStates) }) }),
});

function tellLoss(error: unknown): never {
  const isOurMistake = error instanceof Prisma.PrismaClientValidationError;
  const isRefusal = error instanceof Prisma.PrismaClientKnownRequestError && refusal.safeParse(error.meta).success;
  throw isOurMistake || isRefusal ? error : new CodedError('SERVICE_UNAVAILABLE', { cause: error });
}
