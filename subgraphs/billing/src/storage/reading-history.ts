import type { ReadingHistory } from '../domain/ports.ts';
import type { Reading } from './inquiry-book.ts';

export interface ReadingHistoryEvents {
  /** A group could not be written; it is tried again. */
  writeFailed(error: unknown): void;
  /** So many readings were forgotten because the database has been away for too long. */
  dropped(readings: number): void;
}

/** A reading, and how whoever asked learns that there is nothing more to wait for. */
interface Waiting {
  readonly reading: Reading;
  readonly release: () => void;
}

const mostInGroup = 500;

/**
 * Writes readings in groups: what is noted while one group is being committed goes into the next, so that groups grow
 * with the load and a lone reading costs one commit. An answer waits for its group, but not for a database that is away.
 */
export function createReadingHistory(by: {
  readonly record: (readings: readonly Reading[]) => Promise<void>;
  /** How many readings are kept for a database that is away. */
  readonly mostWaiting: number;
  /** How long an answer waits for its reading to be written; below the margin the gateway leaves for answering. */
  readonly waitMs: number;
  readonly retryMs: number;
  readonly events: ReadingHistoryEvents;
}): ReadingHistory & { close(): Promise<void> } {
  let waiting: Waiting[] = [];
  let isAway = false;
  let forgotten = 0;
  let writing: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    clearTimeout(retry);
    try {
      // What is noted in the same turn of the event loop, such as all months of a line, is one group.
      await new Promise(setImmediate);
      do {
        await writeGroup(waiting.splice(0, mostInGroup));
        tellForgotten();
      } while (waiting.length > 0 && !isAway);
    } finally {
      writing = undefined;
    }
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    try {
      await by.record(group.map(({ reading }) => reading));
      isAway = false;
      for (const { release } of group) release();
    } catch (error) {
      isAway = true;
      waiting = [...group, ...waiting];
      for (const { release } of waiting) release();
      forgetSurplus();
      by.events.writeFailed(error);
      retry = setTimeout(() => void settled(), by.retryMs).unref();
    }
  }

  function settled(): Promise<void> {
    writing ??= write();
    return writing;
  }

  /** The oldest go first. */
  function forgetSurplus(): void {
    const surplus = waiting.splice(0, Math.max(0, waiting.length - by.mostWaiting));
    for (const { release } of surplus) release();
    forgotten += surplus.length;
  }

  /** One line of the log for many: at the bound, every reading pushes another one out. */
  function tellForgotten(): void {
    if (forgotten > 0) by.events.dropped(forgotten);
    forgotten = 0;
  }

  return {
    async note(inquiry, kosCalls) {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      waiting.push({ reading: { inquiry, kosCalls }, release });
      forgetSurplus();
      if (isAway) return;
      void settled();
      const patience = setTimeout(release, by.waitMs);
      await released;
      clearTimeout(patience);
    },
    settled,
    async close() {
      await settled();
      clearTimeout(retry);
      forgotten += waiting.length;
      tellForgotten();
    },
  };
}
