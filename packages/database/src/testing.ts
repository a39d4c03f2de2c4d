import type { DatabaseName } from './databases.ts';
import { projectOf } from './databases.ts';
import type { TestServer } from './testing/test-server.ts';
import type { TestDatabase, TestRun } from './testing/test-databases.ts';
import { startTestRabbit } from './testing/rabbit.ts';
import { copyTemplate, createEmpty } from './testing/test-databases.ts';

/** Makes one of our databases for a test file, migrated and empty; `drop` it afterwards. */
export const createTestDatabase = (database: DatabaseName): Promise<TestDatabase> =>
  copyTemplate(thisRun(), projectOf(database));

/** Makes a database without any tables. */
export const createEmptyDatabase = (): Promise<TestDatabase> => createEmpty(thisRun());

/**
 * The Redis that all tests share, in the database of this worker, since calls to KOS count for all who share one: use keys of
 * your own, and never FLUSHALL.
 */
export const testRedisUrl = (): string => redisDatabase(variable('JEST_WORKER_ID'));

/** The same for the one file that keeps to KOS's real quota, in a database in which nobody else has used it up. */
export const unspentRedisUrl = (): string => redisDatabase('15');

function redisDatabase(name: string): string {
  const url = new URL(variable('TEST_REDIS_URL'));
  url.pathname = `/${name}`;
  return url.href;
}

/** A RabbitMQ, found or started now, which takes some five seconds: use exchanges and queues of your own. */
export const aTestRabbit = (): Promise<TestServer> => startTestRabbit(process.env);

const thisRun = (): TestRun => ({ serverUrl: variable('TEST_POSTGRES_URL'), runId: variable('TEST_RUN_ID') });

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is set by the test command; run this through \`npm test\`.`);
  return value;
}
