import { clientOptions, type DatabaseAddress } from '@supergraph/database/client-options';
import { tellLoss } from '@supergraph/database/database-loss';
import { createPrismaAdapter } from '@supergraph/database/prisma-adapter';
import { MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { PrismaClient } from './generated/client.ts';

const open = (options: ReturnType<typeof clientOptions>) =>
  new PrismaClient(options).$extends({
    query: { $allOperations: ({ args, query }) => tellLoss(() => query(args)) },
  });

/** Opens the gateway's database; what it does not get to judge throws DatabaseLost. */
export const openAuditDatabase = (address: DatabaseAddress) => open(clientOptions('gateway', address));

const archiveLimits = {
  acquireTimeoutMs: SECOND_MS,
  connectTimeoutMs: 3 * SECOND_MS,
  lockTimeoutMs: 10 * SECOND_MS,
  queryTimeoutMs: 10 * MINUTE_MS,
} as const;

/** The same for people, who can wait for an answer out of two years. */
export const openAuditArchive = (address: DatabaseAddress) =>
  open({
    adapter: createPrismaAdapter({ ...archiveLimits, ...address, applicationName: 'gateway audit' }),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 3 * SECOND_MS, timeout: 10 * MINUTE_MS },
  });

export type AuditDatabase = ReturnType<typeof openAuditDatabase>;
