import { clientOptions, type DatabaseAddress } from '@supergraph/database/client-options';
import { tellLoss } from '@supergraph/database/database-loss';

import { PrismaClient } from './generated/client.ts';

/** Opens the gateway's database; what it does not get to judge throws DatabaseLost. */
export const openAuditDatabase = (address: DatabaseAddress) =>
  new PrismaClient(clientOptions('gateway', address)).$extends({
    query: { $allOperations: ({ args, query }) => tellLoss(() => query(args)) },
  });

export type AuditDatabase = ReturnType<typeof openAuditDatabase>;
