import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

import { databaseNames, type DatabaseName } from '@supergraph/database/databases';
import { connectRedis } from '@supergraph/platform/cache';
import { z } from 'zod';

import type { Stack } from '../faults/kit/stack.ts';

/** A text that was left somewhere. */
export interface Trace {
  /** Where, e.g. `auth.account.login_id`. */
  readonly place: string;
  readonly text: string;
}

/** Every line that services wrote, with whose it is. */
export async function logTraces(files: Readonly<Record<string, string>>): Promise<readonly Trace[]> {
  const traces = await Promise.all(
    Object.entries(files).map(async ([service, file]) =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((text) => ({ place: `log of ${service}`, text })),
    ),
  );
  return traces.flat();
}

const row = z.record(z.string(), z.unknown());

/** Every value of every table of every database. */
export async function tableTraces({ query }: Pick<Stack, 'query'>): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  const tablesOf = (database: DatabaseName) =>
    query<{ name: string }>(database, `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
  for (const database of databaseNames) {
    for (const { name } of await tablesOf(database)) {
      const rows = await query<{ row: unknown }>(database, `SELECT to_jsonb(t) AS row FROM "${name}" t`);
      for (const each of rows) {
        for (const [column, value] of Object.entries(row.parse(each.row))) {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          traces.push({ place: `${database}.${name}.${column}`, text });
        }
      }
    }
  }
  return traces;
}

/** Every key of every database of a Redis with its value, whatever its type. */
export async function redisTraces(url: string): Promise<readonly Trace[]> {
  const redis = connectRedis({ url, commandTimeoutMs: 5_000 });
  await once(redis, 'ready');
  try {
    const databases = [...(await redis.info('keyspace')).matchAll(/^db(\d+):/gm)];
    const traces: Trace[] = [];
    for (const [, database = ''] of databases) {
      await redis.select(database);
      traces.push(...(await tracesOf(redis)));
    }
    return traces;
  } finally {
    redis.disconnect();
  }
}

type Redis = ReturnType<typeof connectRedis>;

async function tracesOf(redis: Redis): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  for (const key of await redis.keys('*')) {
    traces.push({ place: 'Redis key', text: key });
    const type = await redis.type(key);
    // it may have run out since
    if (type === 'none') continue;
    const read = readers[type];
    if (read === undefined) throw new Error(`${key} is of the unknown type ${type}`);
    traces.push({ place: `Redis value of ${key}`, text: JSON.stringify(await read(redis, key)) });
  }
  return traces;
}

const readers: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};
