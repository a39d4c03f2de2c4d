export type { CacheEvents } from './cache-events.ts';
export type { Cache, Cached, CacheRead, CacheRule, CacheSource } from './cache.ts';
export { connectRedis } from './connect-redis.ts';
export type { RedisConnection } from './connect-redis.ts';
export { createCache } from './tiered-cache.ts';
export type { CacheOptions } from './tiered-cache.ts';
