import { once } from 'node:events';

import { connectRedis } from '@supergraph/platform/cache';

import { monthBefore, type Client } from './client.ts';
import { inTurn } from './clients-of.ts';
import type { Reply } from './history.ts';
import type { Stack, StackOptions } from './stack.ts';

type Redis = ReturnType<typeof connectRedis>;

/** A short connection of the test's own, past every proxy, to look into a Redis or to set it up. */
export async function withRedis<T>({ url }: { readonly url: string }, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = connectRedis({ url, commandTimeoutMs: 5_000 });
  try {
    await once(redis, 'ready');
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** How many answers of KOS all instances share at the moment. */
export const sharedAnswers = (at: { readonly url: string }): Promise<number> =>
  withRedis(at, async (redis) => (await redis.keys('*:value:*')).length);

/** Months that KOS has closed and we offer: those near for a load, those far for `sharingAgain`. */
const [nearMonths, farMonths] = [3, 6];

/**
 * Options of a stack in which so many bills may be asked of KOS that each check below has one of its own, for as long as
 * services may take to find out that Redis is back.
 */
export const plentyOfBills: StackOptions = {
  customers: 12,
  settings: { KOS_CALLS_PER_MINUTE: '2000' },
  kos: { callsPerMinute: 2_000 },
};

/** Whether what is read now is shared through Redis: a bill is looked for that nobody has read, then one more. */
export function sharingAgain(stack: Stack, clients: readonly Client[]): () => Promise<boolean> {
  let read = 0;
  return async () => {
    const before = await sharedAnswers(stack.redis);
    const month = monthBefore(farMonths - Math.floor(read / clients.length));
    await inTurn(clients, read).readBill(month);
    read += 1;
    return (await sharedAnswers(stack.redis)) > before;
  };
}

/** Bills of everybody for several months, so that a load has more to look for than what is in memory. */
export const readAround = (clients: readonly Client[], nth: number): Promise<Reply> =>
  inTurn(clients, nth).readBill(monthBefore(1 + (Math.floor(nth / clients.length) % nearMonths)));
