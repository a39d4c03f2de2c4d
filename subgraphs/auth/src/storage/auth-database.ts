import { createPrismaAdapter } from '@supergraph/database/prisma-adapter';
import { SECOND_MS } from '@supergraph/platform/time';

import { translateLoss } from './database-lost.ts';
import { PrismaClient } from './generated/client.ts';

/** Opens the auth database; where it cannot be reached, whatever is asked of it throws AUTH_STATE_UNAVAILABLE. */
export function openAuthDatabase(options: {
  readonly url: string;
  readonly maxConnections: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
}) {
  const adapter = createPrismaAdapter({
    ...options,
    applicationName: 'auth',
    connectTimeoutMs: 2 * SECOND_MS,
    queryTimeoutMs: 3 * SECOND_MS,
  });
  const client = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 2 * SECOND_MS, timeout: 5 * SECOND_MS },
  });
  return client.$extends({ query: { $allOperations: ({ args, query }) => translateLoss(() => query(args)) } });
}

export type AuthDatabase = ReturnType<typeof openAuthDatabase>;
export type AuthTransaction = Parameters<Parameters<AuthDatabase['$transaction']>[0]>[0];

/** Runs work all or nothing; a throw takes everything back. */
export const inTransaction = <Result>(
  database: AuthDatabase,
  work: (transaction: AuthTransaction) => Promise<Result>,
): Promise<Result> => translateLoss(() => database.$transaction(work));
