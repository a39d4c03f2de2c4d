import type { Redis } from 'ioredis';
import { z } from 'zod';

/** Carries the names of invalidated entries from one instance to all others. */
export interface InvalidationBus {
  /** Rejects when Redis did not take the message. */
  announce(names: readonly string[]): Promise<unknown>;
  close(): void;
}

const messageSchema = z.object({ from: z.string(), names: z.array(z.string()) });
const SUBSCRIBE_TIMEOUT_MS = 2_000;

/**
 * Listens on a connection of its own beside the given client. `onListening` runs each time listening begins: what was
 * announced before, while this instance was deaf, is unknown. A ping every `heartbeatMs` finds out a dead connection.
 */
export function createInvalidationBus(on: {
  readonly redis: Redis;
  readonly channel: string;
  readonly instanceId: string;
  readonly heartbeatMs: number;
  readonly onInvalidated: (names: readonly string[]) => void;
  readonly onListening: () => void;
}): InvalidationBus {
  // Subscribing is left to us: ioredis would call the connection ready before it listens.
  const ears = on.redis.duplicate({ autoResubscribe: false, commandTimeout: SUBSCRIBE_TIMEOUT_MS });

  ears.on('error', () => {
    // The client beside us meets the same Redis and its failures are told there.
  });
  ears.on('ready', () => {
    ears.subscribe(on.channel).then(on.onListening, () => {
      ears.disconnect(true);
    });
  });
  ears.on('message', (_channel, text) => {
    const message = parseMessage(text);
    if (message !== undefined && message.from !== on.instanceId) on.onInvalidated(message.names);
  });

  let isPinging = false;
  const heartbeat = setInterval(() => {
    if (isPinging) return;
    isPinging = true;
    // Left unanswered, it makes the client drop the silent socket and connect again.
    void Promise.allSettled([ears.ping()]).then(() => {
      isPinging = false;
    });
  }, on.heartbeatMs).unref();

  return {
    announce: (names) => on.redis.publish(on.channel, JSON.stringify({ from: on.instanceId, names })),
    close() {
      clearInterval(heartbeat);
      ears.disconnect();
    },
  };
}

function parseMessage(text: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
