import type { ReadingHistory } from '../domain/ports.ts';
import type { Reading } from './inquiry-book.ts';

export interface ReadingHistoryEvents {
  /** A batch could not be written; it is tried again. */
  writeFailed(error: unknown): void;
  /** So many readings were forgotten because the database has been away for too long. */
  dropped(readings: number): void;
}

const mostInBatch = 500;

/**
 * Writes readings behind the answers: what is noted while a batch is written goes into the next, so that batches grow
 * with the load and a lone reading is written at once. A process that is killed loses what was noted in that moment.
 */
export function createReadingHistory(by: {
  readonly record: (readings: readonly Reading[]) => Promise<void>;
  /** How many readings are kept for a database that is away. */
  readonly mostWaiting: number;
  readonly retryMs: number;
  readonly events: ReadingHistoryEvents;
}): ReadingHistory & { close(): Promise<void> } {
  let waiting: readonly Reading[] = [];
  let writing: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    clearTimeout(retry);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostInBatch);
      try {
        await by.record(batch);
      } catch (error) {
        by.events.writeFailed(error);
        retry = setTimeout(() => void settled(), by.retryMs).unref();
        return;
      }
      const written = new Set(batch);
      waiting = waiting.filter((reading) => !written.has(reading));
    }
  }

  function settled(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    note(inquiry, kosCalls) {
      const excess = Math.max(0, waiting.length + 1 - by.mostWaiting);
      if (excess > 0) by.events.dropped(excess);
      waiting = [...waiting.slice(excess), { inquiry, kosCalls }];
      void settled();
    },
    settled,
    async close() {
      await settled();
      clearTimeout(retry);
    },
  };
}
