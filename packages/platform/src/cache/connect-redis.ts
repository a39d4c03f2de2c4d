import { Redis } from 'ioredis';

/** Where Redis is and how long it may take; every default suits a Redis in the same data centre. */
export interface RedisConnection {
  readonly url: string;
  readonly commandTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Told of every failed connection attempt; the client goes on trying by itself. */
  readonly onError?: (error: Error) => void;
}

const LONGEST_RECONNECT_DELAY_MS = 1_000;
const SILENT_SOCKET_MS = 2_000;

/**
 * Makes the only kind of Redis client we use: it never waits for a connection, never queues, never sends a command
 * twice. Returns at once, also when Redis is away; commands then reject. Its owner closes it with `disconnect()`.
 */
export function connectRedis({
  url,
  commandTimeoutMs = 100,
  connectTimeoutMs = 1_000,
  onError,
}: RedisConnection): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // A command whose caller gave up must not be applied later.
    autoResendUnfulfilledCommands: false,
    // A connection cut without a word looks open for a quarter of an hour to the kernel.
    socketTimeout: SILENT_SOCKET_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_RECONNECT_DELAY_MS),
    // After a failover the old address may be a replica.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  redis.on('error', (error: Error) => onError?.(error));
  return redis;
}
