import { MINUTE_MS, SECOND_MS } from '../time/index.ts';
import { createLocalQuota } from './local-quota.ts';
import type { SharedQuotaEvents } from './pooled-quota.ts';
import type { Quota } from './quota.ts';
import { createRedisQuota } from './redis-quota.ts';

/** A call may arrive up to so much later than it was granted: queue, connection, network. */
const longestWayMs = 2 * SECOND_MS;

/**
 * Makes a count of our calls against what an upstream allows us all in a minute: under one key in Redis, or by an even share
 * of it where there is none. Everybody who calls that upstream must be counted alike.
 */
export function createMinuteQuota(of: {
  readonly key: string;
  readonly callsPerMinute: number;
  /** How many processes call it, of all services. */
  readonly callers: number;
  readonly redis: Parameters<typeof createRedisQuota>[0]['redis'] | undefined;
  readonly events: SharedQuotaEvents;
}): Quota {
  const { key, callsPerMinute, callers, redis, events } = of;
  const figures = { limit: callsPerMinute, windowMs: MINUTE_MS + longestWayMs, instances: callers };
  return redis === undefined ? createLocalQuota(figures) : createRedisQuota({ ...figures, redis, key, events });
}
