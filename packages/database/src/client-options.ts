import { SECOND_MS } from '@supergraph/platform/time';

import { createPrismaAdapter } from './prisma-adapter.ts';

/**
 * Every wait for the database, so that whoever asks hears within three seconds: half a second for a connection that others
 * have, then the statement. A lock is waited for longer than a deadlock takes to be found.
 */
const limits = {
  acquireTimeoutMs: SECOND_MS / 2,
  connectTimeoutMs: 2 * SECOND_MS,
  lockTimeoutMs: 1.5 * SECOND_MS,
  queryTimeoutMs: 2.25 * SECOND_MS,
} as const;

export interface DatabaseAddress {
  readonly url: string;
  readonly maxConnections: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
}

/** What each service makes its PrismaClient with, so that all of them wait, and give up, alike. */
export const clientOptions = (applicationName: string, { url, maxConnections, onError }: DatabaseAddress) => ({
  adapter: createPrismaAdapter({ ...limits, url, applicationName, maxConnections, onError }),
  errorFormat: 'minimal' as const,
  transactionOptions: { maxWait: 2.75 * SECOND_MS, timeout: 4 * SECOND_MS },
});

/** Whether a database answers now; tells why not. */
export async function isReachable(ask: () => PromiseLike<unknown>, onAway: (error: unknown) => void): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    onAway(error);
    return false;
  }
}
