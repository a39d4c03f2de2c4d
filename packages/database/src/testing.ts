import type { DatabaseName } from './databases.ts';
import { projectOf } from './databases.ts';
import type { TestDatabase } from './testing/test-databases.ts';
import { copyTemplate } from './testing/test-databases.ts';

/** Makes a migrated, empty database of its own for a test file; `drop` it afterwards. */
export function createTestDatabase(database: DatabaseName): Promise<TestDatabase> {
  return copyTemplate(
    { serverUrl: variable('TEST_POSTGRES_URL'), runId: variable('TEST_RUN_ID') },
    projectOf(database),
  );
}

/** The Redis that the tests share: use keys of your own, never FLUSHALL. */
export const testRedisUrl = (): string => variable('TEST_REDIS_URL');

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is set by the test command; run this through \`npm test\`.`);
  return value;
}
