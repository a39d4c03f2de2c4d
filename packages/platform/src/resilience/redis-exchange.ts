import type { Redis } from 'ioredis';
import { z } from 'zod';

import { listenToChannel } from '../redis/index.ts';
import { callWithTimeout } from './call-with-timeout.ts';
import { circuitFact, type CircuitFact } from './circuit-fact.ts';
import type { FactExchange } from './fact-exchange.ts';

/**
 * KEYS: the fact that stands. ARGV: round, state, leftMs; life of the key in ms; channel, message. Answers what stands
 * afterwards. Told before it is kept: a Redis that takes no writes (memory full, replica) still carries messages.
 */
const offerScript = `
local function rank(round, state) return tonumber(round) * 2 + (state == 'closed' and 1 or 0) end
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local round, state, untilMs = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%a+) (%d+)$')
if round and rank(round, state) >= rank(ARGV[1], ARGV[2]) then
  return { tonumber(round), state, math.max(0, tonumber(untilMs) - nowMs) }
end
if tonumber(ARGV[1]) > 0 then
  redis.call('PUBLISH', ARGV[5], ARGV[6])
  redis.pcall('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. string.format('%.0f', nowMs + ARGV[3]), 'PX', ARGV[4])
end
return { tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]) }
`;

const scriptAnswer = z
  .tuple([z.unknown(), z.unknown(), z.unknown()])
  .transform(([round, state, leftMs]) => ({ round, state, leftMs }))
  .pipe(circuitFact);
const message = z.object({ circuit: z.string(), fact: circuitFact });

/** Instances that live offer their facts again; this is for those that come when all others have gone. */
const FACT_LIFE_MS = 60_000;
const HEARTBEAT_MS = 5_000;
/** A caller waits for this one, so a Redis that is slow counts as away. */
const CLAIM_TIMEOUT_MS = 50;

export interface RedisExchangeOptions {
  /** A client that fails fast; the caller closes it, after the circuits. */
  readonly redis: Redis;
  /** The same in all instances of a service, and in nothing else that uses this Redis. */
  readonly prefix: string;
}

/** Puts facts about circuits under one key each, with a deadline, and tells them on one channel. */
export function createRedisExchange({ redis, prefix }: RedisExchangeOptions): FactExchange {
  const channel = `${prefix}:circuits`;

  async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch {
      // The client's owner hears of a Redis that is away; the circuits go on without it.
      return undefined;
    }
  }

  return {
    offer: (circuit, fact) =>
      unlessAway(async () => {
        const { round, state } = fact;
        const leftMs = Math.ceil(fact.leftMs);
        const text = JSON.stringify({ circuit, fact: { round, state, leftMs } satisfies CircuitFact });
        const shown = [round, state, leftMs, FACT_LIFE_MS + leftMs, channel, text];
        return scriptAnswer.parse(await redis.eval(offerScript, 1, `${prefix}:circuit:${circuit}`, ...shown));
      }),
    claimProbe: (circuit, { round, leaseMs }) =>
      unlessAway(async () => {
        const key = `${prefix}:probe:${circuit}:${round}`;
        const claim = () => redis.set(key, '1', 'PX', leaseMs, 'NX');
        return (await callWithTimeout(claim, CLAIM_TIMEOUT_MS)) === 'OK';
      }),
    listen: (listener) =>
      listenToChannel({
        redis,
        channel,
        heartbeatMs: HEARTBEAT_MS,
        onListening: () => {
          listener.onListening();
        },
        onMessage(text) {
          const told = parseMessage(text);
          if (told !== undefined) listener.onFact(told.circuit, told.fact);
        },
      }),
  };
}

function parseMessage(text: string): z.infer<typeof message> | undefined {
  try {
    return message.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
