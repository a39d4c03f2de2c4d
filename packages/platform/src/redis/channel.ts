import type { Redis } from 'ioredis';

/** What is heard on a channel, and when hearing begins. */
export interface ChannelListener {
  onMessage(text: string): void;
  /** Runs each time listening begins: what was said before, while this process was deaf, is unknown. */
  onListening(): void;
}

export interface ListeningToChannel extends ChannelListener {
  readonly redis: Redis;
  readonly channel: string;
  /** How often a silent connection is checked for life, in milliseconds. */
  readonly heartbeatMs: number;
}

const SUBSCRIBE_TIMEOUT_MS = 2_000;

/**
 * Listens on a connection of its own beside the given client, again and again while Redis comes and goes. Answers with
 * the way to stop.
 */
export function listenToChannel(on: ListeningToChannel): () => void {
  // Subscribing is left to us: ioredis would call the connection ready before it listens.
  const ears = on.redis.duplicate({ autoResubscribe: false, commandTimeout: SUBSCRIBE_TIMEOUT_MS });

  ears.on('error', () => {
    // The client beside us meets the same Redis and its failures are told there.
  });
  ears.on('ready', () => {
    ears.subscribe(on.channel).then(
      () => {
        on.onListening();
      },
      () => {
        ears.disconnect(true);
      },
    );
  });
  ears.on('message', (_channel, text) => {
    on.onMessage(text);
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

  return () => {
    clearInterval(heartbeat);
    ears.disconnect();
  };
}
