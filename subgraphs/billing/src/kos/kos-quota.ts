import {
  createLocalQuota,
  createRedisQuota,
  type Quota,
  type SharedQuotaEvents,
} from '@supergraph/platform/resilience';
import { SECOND_MS } from '@supergraph/platform/time';

type Redis = Parameters<typeof createRedisQuota>[0]['redis'];

/** KOS counts 60 s; a call may arrive up to so much later than it was granted: queue, connection, network. */
const longestWayMs = 2 * SECOND_MS;
/** Billing and product both call KOS, and count under one key. */
const callingServices = 2;
const key = 'kos';

/** Counts our calls against what KOS allows over all instances; alone in its share when there is no Redis. */
export function createKosQuota(of: {
  readonly callsPerMinute: number;
  readonly instances: number;
  readonly redis: Redis | undefined;
  readonly events: SharedQuotaEvents;
}): Quota {
  const { redis, events } = of;
  const figures = {
    limit: of.callsPerMinute,
    windowMs: 60 * SECOND_MS + longestWayMs,
    instances: of.instances * callingServices,
  };
  return redis === undefined ? createLocalQuota(figures) : createRedisQuota({ ...figures, redis, key, events });
}
