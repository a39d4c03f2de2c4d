import { connectRedis, createCache } from '@supergraph/platform/cache';
import { bucketOf, createRateLimiter, createSharedStore } from '@supergraph/platform/rate-limit';
import { createRedisExchange } from '@supergraph/platform/resilience';
import { SECOND_MS, systemClock } from '@supergraph/platform/time';

import { gaveUp, goesOn, ignore, type Adapter } from './adapter.ts';

const redisAt = (port: number) => connectRedis({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 300 });

export const redis: Adapter = {
  name: 'Redis',
  places: [
    'packages/platform/src/cache/connect-redis.ts ioredis',
    'packages/platform/src/redis/channel.ts duplicate',
    'gateway/src/persisted/open-persisted-operations.ts connectRedis',
    'gateway/src/rate-limit/open-rate-limits.ts connectRedis',
    'subgraphs/billing/src/compose.ts connectRedis',
    'subgraphs/product/src/compose.ts connectRedis',
  ],
  addresses: ['gateway REDIS_URL', 'billing REDIS_URL', 'product REDIS_URL'],
  attempts: [
    {
      name: 'a connection to Redis',
      withinMs: 2_000,
      async attempt(port) {
        const client = redisAt(port);
        const end = () =>
          new Promise<boolean>((resolve) =>
            client.once('close', () => {
              resolve(true);
            }),
          );
        const tookMs = await goesOn(end, Boolean);
        client.disconnect();
        return tookMs;
      },
    },
    {
      name: 'a command to Redis',
      withinMs: 100,
      async attempt(port) {
        const client = redisAt(port);
        const tookMs = await gaveUp(() => client.get('key'));
        client.disconnect();
        return tookMs;
      },
    },
    {
      name: 'an answer out of the cache',
      withinMs: 200,
      async attempt(port) {
        const client = redisAt(port);
        const cache = createCache({
          clock: systemClock,
          random: () => 0,
          prefix: 'test',
          memory: { maxEntries: 1 },
          shared: client,
        });
        const rule = { freshMs: SECOND_MS, staleMs: 0 };
        const read = { key: 'key', rule, decode: String, load: () => Promise.resolve('loaded') };
        const tookMs = await goesOn(
          () => cache.getOrLoad(read),
          ({ source }) => source === 'UPSTREAM',
        );
        await cache.close();
        client.disconnect();
        return tookMs;
      },
    },
    {
      name: 'a rate limit',
      withinMs: 50,
      async attempt(port) {
        const client = redisAt(port);
        const shared = { redis: client, prefix: 'test', store: createSharedStore() };
        const rule = bucketOf(2, SECOND_MS, 1);
        const limiter = createRateLimiter({ rule, name: 'test', shared, instances: 2, nowMs: () => Date.now() });
        const tookMs = await goesOn(
          () => limiter.take('key'),
          ({ limit }) => limit === 1,
        );
        client.disconnect();
        return tookMs;
      },
    },
    {
      name: 'the agreement about circuits',
      withinMs: 200,
      async attempt(port) {
        const client = redisAt(port);
        const exchange = createRedisExchange({ redis: client, prefix: 'test' });
        const stop = exchange.listen({ onFact: ignore, onListening: ignore });
        const ask = () =>
          Promise.all([
            exchange.offer('circuit', { round: 1, state: 'open', leftMs: 1 }),
            exchange.claimProbe('circuit', { round: 1, leaseMs: 1 }),
          ]);
        const tookMs = await goesOn(ask, (told) => told.every((each) => each === undefined));
        stop();
        client.disconnect();
        return tookMs;
      },
    },
  ],
};
