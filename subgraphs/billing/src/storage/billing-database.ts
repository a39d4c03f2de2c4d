import { clientOptions, type DatabaseAddress } from '@supergraph/database/client-options';
import { tellLoss } from '@supergraph/database/database-loss';
import { runTransaction, type TransactionOptions } from '@supergraph/database/transaction';

import { PrismaClient } from './generated/client.ts';

/** Opens the billing database; what it does not get to judge throws DatabaseLost. */
export const openBillingDatabase = (address: DatabaseAddress) =>
  new PrismaClient(clientOptions('billing', address)).$extends({
    query: { $allOperations: ({ args, query }) => tellLoss(() => query(args)) },
  });

export type BillingDatabase = ReturnType<typeof openBillingDatabase>;
export type BillingTransaction = Parameters<Parameters<BillingDatabase['$transaction']>[0]>[0];

/** Runs work all or nothing; see runTransaction. */
export const inTransaction = <Result>(
  database: BillingDatabase,
  work: (transaction: BillingTransaction) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result> => runTransaction((begin) => database.$transaction(begin), work, options);
