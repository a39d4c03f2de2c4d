import { clientOptions, type DatabaseAddress } from '@supergraph/database/client-options';
import { tellLoss } from '@supergraph/database/database-loss';
import { runTransaction, type TransactionOptions } from '@supergraph/database/transaction';

import { PrismaClient } from './generated/client.ts';

/** Opens the auth database; what it does not get to judge throws DatabaseLost. */
export const openAuthDatabase = (address: DatabaseAddress) =>
  new PrismaClient(clientOptions('auth', address)).$extends({
    query: { $allOperations: ({ args, query }) => tellLoss(() => query(args)) },
  });

export type AuthDatabase = ReturnType<typeof openAuthDatabase>;
export type AuthTransaction = Parameters<Parameters<AuthDatabase['$transaction']>[0]>[0];

/** Runs work all or nothing; see runTransaction. */
export const inTransaction = <Result>(
  database: AuthDatabase,
  work: (transaction: AuthTransaction) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result> => runTransaction((begin) => database.$transaction(begin), work, options);
