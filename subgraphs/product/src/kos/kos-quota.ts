import {
  createLocalQuota,
  createRedisQuota,
  type Quota,
  type SharedQuotaEvents,
} from '@supergraph/platform/resilience';
import { SECOND_MS } from '@supergraph/platform/time';

type RedisClient = Parameters<typeof createRedisQuota>[0]['redis'];

/** Billing and product draw on the same limit, each with as many instances. */
const SUBGRAPHS = 2;
/** KOS's minute, and the longest way of a call from here to there. */
const windowMs = 62 * SECOND_MS;

/** The calls KOS grants us all in a minute: shared through Redis, or split evenly where there is none. */
export function createKosQuota(options: {
  readonly callsPerMinute: number;
  readonly instances: number;
  readonly redis: RedisClient | undefined;
  readonly events: SharedQuotaEvents;
}): Quota {
  const { redis, events } = options;
  const figures = { limit: options.callsPerMinute, windowMs, instances: SUBGRAPHS * options.instances };
  return redis === undefined ? createLocalQuota(figures) : createRedisQuota({ ...figures, redis, key: 'kos', events });
}
