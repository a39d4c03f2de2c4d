import { randomBytes } from 'node:crypto';
import { startTestPostgres } from './postgres.ts';
import { startTestRedis } from './redis.ts';
import { dropTestDatabases } from './test-databases.ts';
import { givenServer } from './test-server.ts';

export interface TestServices {
  /** What the tests find in their environment. */
  readonly variables: Readonly<Record<'TEST_POSTGRES_URL' | 'TEST_REDIS_URL' | 'TEST_RUN_ID', string>>;
  stop(): Promise<void>;
}

/** Finds in the environment, or starts, the PostgreSQL and the Redis that the tests run against. */
export async function startTestServices(environment: NodeJS.ProcessEnv): Promise<TestServices> {
  const { TEST_POSTGRES_URL, TEST_REDIS_URL, REDIS_URL } = environment;
  const givenRedisUrl = TEST_REDIS_URL ?? REDIS_URL;
  const runId = randomBytes(4).toString('hex');
  const redis = givenRedisUrl === undefined ? await startTestRedis(environment) : givenServer(givenRedisUrl);
  try {
    const postgres = TEST_POSTGRES_URL === undefined ? await startTestPostgres() : givenServer(TEST_POSTGRES_URL);
    return {
      variables: { TEST_POSTGRES_URL: postgres.url, TEST_REDIS_URL: redis.url, TEST_RUN_ID: runId },
      stop: async () => {
        await dropTestDatabases({ serverUrl: postgres.url, runId });
        await Promise.all([postgres.stop(), redis.stop()]);
      },
    };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}
