import { createHash } from 'node:crypto';

import type { Redis } from 'ioredis';
import { z } from 'zod';

import type { BucketRule } from './bucket.ts';
import type { Buckets } from './rate-limiter.ts';

/**
 * KEYS: the bucket. ARGV: capacity, tokens of a step, milliseconds between steps, tokens asked for, tokens paid of them
 * before. The arithmetic is that of `takeFrom`, by the clock of Redis. A full bucket is as good as none, so each key ends
 * when its bucket is full.
 */
const takeScript = `
local key, grain = KEYS[1], 0.000001
local capacity, refill, every = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cost, paid = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local kept = redis.call('HMGET', key, 'tokens', 'since')
local since = math.min(tonumber(kept[2]) or now, now)
local steps = math.floor((now - since) / every)
local tokens = math.min(capacity, (tonumber(kept[1]) or capacity) + steps * refill)
if tokens < capacity then since = since + steps * every else since = now end

local price = math.min(cost, capacity)
local due = price - paid
local granted = tokens + grain >= due
if granted then tokens = math.min(capacity, math.max(0, tokens - due)) end

local function untilHolding(wanted)
  local missing = wanted - tokens - grain
  if missing <= 0 then return 0 end
  return since + math.ceil(missing / refill) * every - now
end

local fullAfter = math.ceil(untilHolding(capacity))
if fullAfter > 0 then
  redis.call('HSET', key, 'tokens', string.format('%.9f', tokens), 'since', string.format('%.3f', since))
  redis.call('PEXPIRE', key, fullAfter)
else
  redis.call('DEL', key)
end
local retryAfter = 0
if not granted then retryAfter = math.ceil(untilHolding(price)) end
return { granted and 1 or 0, math.floor(tokens + grain), retryAfter, fullAfter }
`;

const scriptAnswer = z.tuple([z.literal([0, 1]), z.number(), z.number(), z.number()]);

/** Keys tell nobody whom they are about. */
const hashed = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);

/** Makes buckets that all instances share, in a Redis (or a cluster) that the caller connects and closes. They reject when it fails. */
export function createRedisBuckets(options: {
  readonly redis: Redis;
  readonly rule: BucketRule;
  /** Deployment, service and rule: what shares one Redis must not share its keys. */
  readonly prefix: string;
}): Buckets {
  const { redis, prefix } = options;
  const { capacity, refillTokens, refillEveryMs } = options.rule;
  return {
    take: async (key, cost, paid) => {
      const answer = await redis.eval(
        takeScript,
        1,
        `${prefix}:${hashed(key)}`,
        capacity,
        refillTokens,
        refillEveryMs,
        cost,
        paid,
      );
      const [isGranted, remaining, retryAfterMs, fullAfterMs] = scriptAnswer.parse(answer);
      return { isGranted: isGranted === 1, limit: capacity, remaining, retryAfterMs, fullAfterMs };
    },
  };
}
