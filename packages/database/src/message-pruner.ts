import { HOUR_MS, type Clock } from '@supergraph/platform/time';

import { pruneMessages } from './message-store/prune-messages.ts';
import type { SqlDatabase } from './message-store/sql-database.ts';

/** Keeps outbox and inbox from growing for ever. */
export interface MessagePruner {
  /** Prunes now and every hour. */
  start(): void;
  /** For good; resolves when the pruning under way has ended. */
  stop(): Promise<void>;
}

const batchSize = 1_000;

/**
 * Makes a pruner of messages settled longer than `keptMs` ago. That must exceed the time in which a message can come
 * again, because an inbox knows a message by its row.
 */
export function createMessagePruner(options: {
  readonly database: SqlDatabase;
  readonly keptMs: number;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}): MessagePruner {
  const { database, keptMs, clock, onFailure } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const prune = (): void => {
    const settledBefore = new Date(clock.now().getTime() - keptMs);
    running = pruneMessages(database, { settledBefore, batchSize }).catch(onFailure);
  };

  return {
    start() {
      prune();
      timer = setInterval(prune, HOUR_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
