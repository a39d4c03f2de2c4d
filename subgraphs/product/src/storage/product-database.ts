import { clientOptions, type DatabaseAddress } from '@supergraph/database/client-options';
import { tellLoss } from '@supergraph/database/database-loss';
import { runTransaction, type TransactionOptions } from '@supergraph/database/transaction';

import { PrismaClient } from './generated/client.ts';

/** Opens the product database; what it does not get to judge throws DatabaseLost. */
export const openProductDatabase = (address: DatabaseAddress) =>
  new PrismaClient(clientOptions('product', address)).$extends({
    query: { $allOperations: ({ args, query }) => tellLoss(() => query(args)) },
  });

export type ProductDatabase = ReturnType<typeof openProductDatabase>;
export type Transaction = Parameters<Parameters<ProductDatabase['$transaction']>[0]>[0];

/** Runs work all or nothing; see runTransaction. */
export const inTransaction = <Result>(
  database: ProductDatabase,
  work: (tx: Transaction) => Promise<Result>,
  options?: TransactionOptions,
): Promise<Result> => runTransaction((begin) => database.$transaction(begin), work, options);
