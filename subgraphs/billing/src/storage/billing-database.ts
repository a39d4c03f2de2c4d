import { createPrismaAdapter } from '@supergraph/database/prisma-adapter';
import { SECOND_MS } from '@supergraph/platform/time';

import { PrismaClient } from './generated/client.ts';

/** Opens the billing database; every wait for it has an end. */
export function openBillingDatabase(options: {
  readonly url: string;
  readonly maxConnections: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
}): PrismaClient {
  const adapter = createPrismaAdapter({
    ...options,
    applicationName: 'billing',
    connectTimeoutMs: 2 * SECOND_MS,
    queryTimeoutMs: 3 * SECOND_MS,
  });
  return new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    transactionOptions: { maxWait: 2 * SECOND_MS, timeout: 5 * SECOND_MS },
  });
}
