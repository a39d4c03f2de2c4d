import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { createPooledQuota } from './pooled-quota.ts';
import type { PooledQuotaOptions, SharedPool } from './pooled-quota.ts';
import type { Quota } from './quota.ts';

/**
 * KEYS: the log, a sorted set of grants by microsecond. ARGV: window in microseconds, ceiling, id of the grant.
 * The member at +inf names the server run and the moment the log began. A log that is missing, of another run (restart,
 * failover) or from the future has forgotten grants: it begins again and grants nothing for one whole window.
 * Answers 1 granted, 0 refused, 2 refused because it is young; and how long to wait, in milliseconds.
 */
const takeScript = `
local log, window, ceiling, grant = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or 'unknown'

local mark = redis.call('ZRANGEBYSCORE', log, '+inf', '+inf')[1] or ''
local knownRun, began = string.match(mark, '^(%w+):(%d+)$')
local newest = redis.call('ZREVRANGEBYSCORE', log, '(+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local latest = math.max(tonumber(began or 0), tonumber(newest or 0))
if knownRun ~= run or latest > now + 1000000 then
  began = string.format('%.0f', now)
  redis.call('DEL', log)
  redis.call('ZADD', log, '+inf', run .. ':' .. began)
end
local usableAt = tonumber(began) + window
if now < usableAt then return { 2, math.ceil((usableAt - now) / 1000) } end

redis.call('ZREMRANGEBYSCORE', log, '-inf', now - window)
local taken = redis.call('ZCARD', log) - 1
if taken < ceiling then
  redis.call('ZADD', log, now, grant)
  return { 1, 0 }
end
local makesRoom = redis.call('ZRANGE', log, taken - ceiling, taken - ceiling, 'WITHSCORES')[2]
return { 0, math.ceil((tonumber(makesRoom) + window - now) / 1000) }
`;

const scriptAnswer = z.tuple([z.literal([0, 1, 2]), z.number()]);

export interface RedisQuotaOptions extends PooledQuotaOptions {
  /** A connected client that fails fast; the caller closes it. */
  readonly redis: Redis;
  /** One key for one supplier, the same in all instances. */
  readonly key: string;
  readonly newId?: () => string;
}

/**
 * A limit over all instances: own shares, and a pool in Redis for whoever needs more. Without Redis the own shares
 * remain. The pool opens one window after its log began, so a fresh or forgetful Redis cannot grant twice.
 */
export function createRedisQuota({ redis, key, newId = randomUUID, ...options }: RedisQuotaOptions): Quota {
  return createPooledQuota(createRedisPool({ redis, key, newId, windowMs: options.windowMs }), options);
}

interface RedisPoolOptions {
  readonly redis: Redis;
  readonly key: string;
  readonly newId: () => string;
  readonly windowMs: number;
}

function createRedisPool({ redis, key, newId, windowMs }: RedisPoolOptions): SharedPool {
  return {
    async take(ceiling) {
      const grantId = newId();
      const answer = await redis.eval(takeScript, 1, key, windowMs * 1_000, ceiling, grantId);
      const [verdict, retryAfterMs] = scriptAnswer.parse(answer);
      return verdict === 1 ? { isGranted: true, grantId } : { isGranted: false, isYoung: verdict === 2, retryAfterMs };
    },
    async giveBack(grantId) {
      await redis.zrem(key, grantId);
    },
  };
}
