import { CodedError } from '@supergraph/platform/errors';
import {
  bucketOf,
  createRateLimiter,
  createSharedStore,
  type RateLimiterOptions,
} from '@supergraph/platform/rate-limit';
import { MINUTE_MS, type Clock } from '@supergraph/platform/time';

import type { CountCheck } from './domain/ports.ts';

type Shared = NonNullable<RateLimiterOptions['shared']>;

/**
 * Counts how often each customer has KOS asked about a change: so many at once, and one more each time their part of the
 * minute has passed. All instances count together with Redis; without it each grants its share.
 */
export function createChangeChecks(options: {
  readonly perMinute: number;
  readonly instances: number;
  readonly redis: Shared['redis'] | undefined;
  /** Deployment and service: what shares one Redis must not share its keys. */
  readonly prefix: string;
  readonly clock: Clock;
}): CountCheck {
  const { perMinute, instances, redis, prefix, clock } = options;
  const checks = createRateLimiter({
    rule: bucketOf(perMinute, MINUTE_MS, perMinute),
    name: 'change-checks',
    shared: redis && { redis, store: createSharedStore(), prefix },
    instances,
    nowMs: () => clock.now().getTime(),
  });
  return async (customerId) => {
    const { isGranted, retryAfterMs } = await checks.take(customerId);
    if (!isGranted) throw new CodedError('RATE_LIMITED', { retryAfterMs });
  };
}
