import { randomUUID } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { withConnection } from '../maintenance-connection.ts';
import { createEmptyDatabase, createTestDatabase, testRedisUrl } from '../testing.ts';
import { startTestRabbit } from './rabbit.ts';
import type { RedisSource } from './redis.ts';
import { startTestRedis } from './redis.ts';
import { startTestServices } from './services.ts';
import { createEmpty, dropTestDatabases } from './test-databases.ts';

const tablesIn = (url: string): Promise<unknown[]> =>
  withConnection(url, async (client) => {
    const { rows } = await client.query<{ tablename: string }>(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    return rows.map((row) => row.tablename);
  });

describe('a database for a test', () => {
  it('is migrated, one of its own, and gone when dropped', async () => {
    const [one, other] = await Promise.all([createTestDatabase('auth'), createTestDatabase('auth')]);
    await withConnection(one.url, (client) => client.query('CREATE TABLE only_here (id int)'));
    expect(await tablesIn(one.url)).toEqual(expect.arrayContaining(['only_here']));
    expect(await tablesIn(other.url)).not.toContain('only_here');
    expect((await tablesIn(other.url)).length).toBeGreaterThan(0);
    await Promise.all([one.drop(), other.drop()]);
    await expect(tablesIn(one.url)).rejects.toThrow(/does not exist/);
  });

  it('is dropped with all others of its run, and with none of another', async () => {
    const ours = await createEmptyDatabase();
    const anotherRun = { serverUrl: ours.url, runId: randomUUID() };
    const theirs = await createEmpty(anotherRun);
    await dropTestDatabases(anotherRun);
    await expect(tablesIn(theirs.url)).rejects.toThrow(/does not exist/);
    expect(await tablesIn(ours.url)).toEqual([]);
    await ours.drop();
  });
});

describe('the services for the tests', () => {
  it('are those that the environment names, and are left running', async () => {
    const given = await createEmptyDatabase();
    const services = await startTestServices({ TEST_POSTGRES_URL: given.url, REDIS_URL: testRedisUrl() });
    expect(services.variables).toEqual({
      TEST_POSTGRES_URL: given.url,
      TEST_REDIS_URL: testRedisUrl(),
      TEST_RUN_ID: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    await services.stop();
    expect(await tablesIn(given.url)).toEqual([]);
    await given.drop();
  });

  it('take Redis from the first source that has one', async () => {
    const server = { url: 'redis://127.0.0.1:1', stop: () => Promise.resolve() };
    const absent: RedisSource = () => Promise.resolve(undefined);
    const later = jest.fn<RedisSource>();
    expect(await startTestRedis({}, [absent, () => Promise.resolve(server), later])).toBe(server);
    expect(later).not.toHaveBeenCalled();
  });

  it('say what to install when no source has a Redis', async () => {
    await expect(startTestRedis({}, [])).rejects.toThrow(/install redis-server or start Docker, or set TEST_REDIS_URL/);
  });

  it('find a RabbitMQ in the environment first, and say what to do when there is none', async () => {
    const given = await startTestRabbit({ AMQP_URL: 'amqp://127.0.0.1:1' });
    expect(given.url).toBe('amqp://127.0.0.1:1');
    await given.stop();
    await expect(startTestRabbit({}, [() => Promise.resolve(undefined)])).rejects.toThrow(/install rabbitmq-server/);
  });
});
