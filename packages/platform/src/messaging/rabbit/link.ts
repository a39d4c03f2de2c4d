import { backoffMs, type Backoff } from '../../outbox/index.ts';
import { UpstreamUnavailable } from '../../resilience/index.ts';
import { rest, unlessAborted } from '../unless-aborted.ts';
import type { OpenedConnection } from './connection.ts';

/** A way to RabbitMQ that is made anew whenever it is lost. */
export interface Link<Session> {
  /** Connects, and goes on doing so until closed; returns at once. */
  open(): void;
  /** Whether a connection is up or just being made. */
  isOpen(): boolean;
  /** The session that is up or just being made; throws `UpstreamUnavailable` with nothing started when there is none. */
  session(signal: AbortSignal): Promise<Session>;
  close(): Promise<void>;
}

export interface LinkOptions<Session> {
  readonly connect: () => OpenedConnection<Session>;
  readonly backoff: Backoff;
  /** Between 0 and 1, for the jitter. */
  readonly random: () => number;
  readonly onUp: () => void;
  readonly onDown: (fact: { readonly error: unknown; readonly retryInMs: number }) => void;
}

interface Why {
  readonly error?: unknown;
  readonly retryInMs?: number | undefined;
}

type State<Session> =
  | { readonly kind: 'idle' | 'closed'; readonly error?: undefined; readonly retryInMs?: undefined }
  | { readonly kind: 'open'; readonly connection: OpenedConnection<Session> }
  | { readonly kind: 'away'; readonly error: unknown; readonly retryInMs: number };

/** Makes a link that is not open yet. */
export function createLink<Session>({ connect, backoff, random, onUp, onDown }: LinkOptions<Session>): Link<Session> {
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  let state: State<Session> = { kind: 'idle' };

  async function keepOpen(): Promise<void> {
    let failures = 0;
    while (!isClosing()) {
      const connection = connect();
      state = { kind: 'open', connection };
      const error = await lostBecause(connection, () => {
        failures = 0;
        onUp();
      });
      if (isClosing()) return;
      failures += 1;
      const retryInMs = backoffMs(backoff, failures, random);
      state = { kind: 'away', error, retryInMs };
      onDown({ error, retryInMs });
      await rest(retryInMs, closing.signal);
    }
  }

  function open(): void {
    if (state.kind === 'idle') void keepOpen();
  }

  return {
    open,
    isOpen: () => state.kind === 'open',
    async session(signal) {
      if (state.kind !== 'open') throw outOfReach(state);
      try {
        return await unlessAborted(state.connection.session, signal);
      } catch (error) {
        throw outOfReach({ error });
      }
    },
    async close() {
      closing.abort();
      const last = state;
      state = { kind: 'closed' };
      if (last.kind === 'open') await last.connection.close();
    },
  };
}

/** Waits for the end of a connection, however far it got, and answers why it came. */
async function lostBecause(connection: OpenedConnection<unknown>, onUp: () => void): Promise<unknown> {
  try {
    await connection.session;
    onUp();
    return await unlessAborted(new Promise<never>(() => undefined), connection.ended);
  } catch (error) {
    return error;
  }
}

/** RabbitMQ cannot be spoken to, so nothing has been. */
export const outOfReach = ({ error, retryInMs = 0 }: Why = {}): UpstreamUnavailable =>
  new UpstreamUnavailable('RabbitMQ', 'failed', { retryAfterMs: retryInMs, hasStarted: false, cause: error });
