import { connectRedis } from '@supergraph/platform/cache';
import { createSharedStore } from '@supergraph/platform/rate-limit';
import type { Lifecycle } from '@supergraph/platform/server';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { Clock } from '@supergraph/platform/time';

import type { GatewayConfig } from '../config.ts';
import { createRateLimits, noRateLimits, type RateLimitEvents, type RateLimits } from './rate-limits.ts';

/** How long Redis is waited for; then this instance decides by itself. */
const timeoutMs = 50;

/** Opens the rate limits as configured: over all instances with Redis, a share for each without. */
export function openRateLimits(
  { factor, redisUrl, keyPrefix, instances, clientRequestsPerMinute }: GatewayConfig['rateLimits'],
  by: { readonly clock: Clock; readonly life: Lifecycle; readonly events: RateLimitEvents; readonly log: Logger },
): RateLimits {
  const { clock, life, events, log } = by;
  if (factor === null) return noRateLimits;
  const redis =
    redisUrl === null
      ? null
      : life.own(connectRedis({ url: redisUrl, commandTimeoutMs: timeoutMs }), (connection) => {
          connection.disconnect();
        });
  const store = createSharedStore({
    timeoutMs,
    events: {
      lost: (error) => {
        log.warn(describeError(error), 'rate limits hold in this instance alone');
      },
      regained: () => {
        log.info({}, 'rate limits are shared again');
      },
    },
  });
  const shared = redis === null ? undefined : { redis, store, prefix: keyPrefix };
  return createRateLimits({ shared, instances, factor, clientRequestsPerMinute, clock, events });
}
