import { SECOND_MS, type Clock } from '@supergraph/platform/time';
import pg from 'pg';

import { DatabaseLost } from './database-loss.ts';

/** The time as a database tells it: all who use that database agree on it, whatever their machines say. */
export interface DatabaseClock extends Clock {
  /** Throws DatabaseLost as long as the database has not told the time once. */
  now(): Date;
  /** Asks the database, off by half of what the question takes, a second at most. Never rejects. */
  ask(): Promise<void>;
  /** Asks now and every half minute; resolves when the first question has ended, answered or not. */
  start(): Promise<void>;
  /** For good; resolves when the question under way has ended. */
  stop(): Promise<void>;
}

const everyMs = 30 * SECOND_MS;
/** Until the first answer nobody has the time at all. */
const firstTriesEveryMs = SECOND_MS;
const timeoutMs = 2 * SECOND_MS;

/**
 * Makes a clock that goes by the database's. Between two answers, and while there is none, it goes on by the time that has
 * passed here, so that setting this machine's clock changes nothing.
 */
export function createDatabaseClock(options: {
  readonly url: string;
  /** Told when the database did not answer. */
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds since some moment; never set, only passing. */
  readonly monotonicMs?: () => number;
}): DatabaseClock {
  const { url, onFailure, monotonicMs = () => performance.now() } = options;
  let told: { readonly timeMs: number; readonly atMs: number } | null = null;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function learn(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'clock',
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    });
    // the question reports it as well; without a listener it would end the process
    client.on('error', () => undefined);
    try {
      await client.connect();
      const askedAtMs = monotonicMs();
      const { rows } = await client.query<{ time: Date }>('SELECT clock_timestamp() AS time');
      const [answer] = rows;
      if (answer !== undefined) told = { timeMs: answer.time.getTime(), atMs: (askedAtMs + monotonicMs()) / 2 };
    } catch (error) {
      onFailure(error);
    } finally {
      // a frozen server does not say goodbye
      client.end().catch(() => undefined);
    }
  }

  const ask = (): Promise<void> =>
    (running ??= learn().finally(() => {
      running = undefined;
    }));

  async function goOn(): Promise<void> {
    await ask();
    if (!isStopped) timer = setTimeout(() => void goOn(), told === null ? firstTriesEveryMs : everyMs);
  }

  return {
    now() {
      if (told === null) throw new DatabaseLost('away', { mayBeDone: false, cause: undefined });
      return new Date(told.timeMs + monotonicMs() - told.atMs);
    },
    ask,
    start: goOn,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
