import type { Redis } from 'ioredis';

import type { CacheEvents } from './cache-events.ts';

/** Asks Redis only while it answers, so that a frozen one costs a single deadline and not one per read. */
export interface Reachability {
  /** Runs the command; undefined when Redis is away or fails now. Never rejects. */
  attempt<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined>;
  close(): void;
}

type State = 'unknown' | 'up' | 'down' | 'closed';

/**
 * Watches one client. After a failure nobody waits for Redis: it is tried again beside the reads, every `retryMs` and
 * as soon as it connects. `onUp` runs each time it is found to answer again.
 */
export function createReachability(watch: {
  readonly redis: Redis;
  readonly retryMs: number;
  readonly events: Partial<CacheEvents>;
  readonly onUp: () => void;
}): Reachability {
  const { redis, retryMs, events } = watch;
  let state: State = 'unknown';
  let retry: NodeJS.Timeout | undefined;

  function lose(error: unknown): void {
    if (state === 'closed') return;
    if (state !== 'down') events.sharedTierDown?.({ error });
    state = 'down';
    retry ??= setTimeout(regain, retryMs).unref();
  }

  function regain(): void {
    clearTimeout(retry);
    retry = undefined;
    redis.ping().then(answered, lose);
  }

  function answered(): void {
    if (state === 'closed' || state === 'up') return;
    state = 'up';
    events.sharedTierUp?.();
    watch.onUp();
  }

  const onClosed = () => {
    lose(new Error('The connection to Redis is closed'));
  };
  redis.on('ready', regain);
  redis.on('close', onClosed);
  if (redis.status === 'ready') regain();

  return {
    async attempt<Answer>(command: () => Promise<Answer>) {
      if (state !== 'up') return undefined;
      try {
        return await command();
      } catch (error) {
        lose(error);
        return undefined;
      }
    },
    close() {
      state = 'closed';
      clearTimeout(retry);
      redis.off('ready', regain);
      redis.off('close', onClosed);
    },
  };
}
