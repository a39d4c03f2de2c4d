import type { Redis } from 'ioredis';
import { z } from 'zod';

import { listenToChannel } from '../redis/index.ts';

/** Carries the names of invalidated entries from one instance to all others. */
export interface InvalidationBus {
  /** Rejects when Redis did not take the message. */
  announce(names: readonly string[]): Promise<unknown>;
  close(): void;
}

const messageSchema = z.object({ from: z.string(), names: z.array(z.string()) });

/** `onListening` runs each time listening begins: what was announced before, while this instance was deaf, is unknown. */
export function createInvalidationBus(on: {
  readonly redis: Redis;
  readonly channel: string;
  readonly instanceId: string;
  readonly heartbeatMs: number;
  readonly onInvalidated: (names: readonly string[]) => void;
  readonly onListening: () => void;
}): InvalidationBus {
  const stopListening = listenToChannel({
    ...on,
    onMessage(text) {
      const message = parseMessage(text);
      if (message !== undefined && message.from !== on.instanceId) on.onInvalidated(message.names);
    },
  });
  return {
    announce: (names) => on.redis.publish(on.channel, JSON.stringify({ from: on.instanceId, names })),
    close: stopListening,
  };
}

function parseMessage(text: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
