import { setTimeout as pause } from 'node:timers/promises';

import { ConnectionFailed } from '@supergraph/platform/http';
import { SECOND_MS } from '@supergraph/platform/time';

import type { Connection } from './connection.ts';
import { orAborted } from './or-aborted.ts';

/** Nothing accepts connections where the service should be, and has not for longer than it takes to start again. */
export class ServiceAway extends Error {
  constructor() {
    super('nothing accepts connections there');
    this.name = 'ServiceAway';
  }
}

/** How long an absence is waited out, and how often it is looked whether it is over; milliseconds. */
export interface AbsencePolicy {
  readonly patienceMs: number;
  readonly firstLookMs: number;
  readonly longestLookMs: number;
}

/** Whether a service that refused connections is back. */
export interface Absence {
  /** Says that a connection was refused. */
  begin(): void;
  /** Settles at once for a service that is there. Throws ServiceAway when patience is at an end, or as the signal says. */
  over(signal: AbortSignal): Promise<void>;
  /** Looks no more. */
  close(): void;
}

/** Codes of a peer that answered and was not trusted, or did not trust us: to wait for it is no use. */
const distrust = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_|INVALID_|EPROTO$)/;

const isDistrust = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && distrust.test(String(cause.code));

/** Whether it is certain that nothing was sent, and likely that somebody else will be there soon. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof ConnectionFailed && !error.mayHaveReachedPeer && !isDistrust(error.cause);

/**
 * Makes the watch over one service: while it refuses connections, one look at a time is taken whether it accepts them
 * again, however many requests wait for that. Who asks after patience has run out is refused at once.
 */
export function createAbsence(
  connection: Connection,
  by: { readonly policy: AbsencePolicy; readonly random: () => number },
): Absence {
  const { patienceMs, firstLookMs, longestLookMs } = by.policy;
  const closing = new AbortController();
  let end: Promise<void> | null = null;

  async function isBack(): Promise<boolean> {
    try {
      await connection.exchange({ method: 'GET', path: '/livez', signal: AbortSignal.timeout(SECOND_MS) });
      return true;
    } catch (error) {
      return !wasRefused(error);
    }
  }

  async function lookUntilBack(): Promise<void> {
    for (let waitMs = firstLookMs; ; waitMs = Math.min(2 * waitMs, longestLookMs)) {
      await pause(waitMs * (0.5 + by.random() / 2), undefined, { signal: closing.signal, ref: false });
      if (await isBack()) break;
    }
    end = null;
  }

  return {
    begin: () => {
      if (end !== null || closing.signal.aborted) return;
      const outOfPatience = pause(patienceMs, undefined, { signal: closing.signal, ref: false }).then(() => {
        throw new ServiceAway();
      });
      end = Promise.race([lookUntilBack(), outOfPatience]);
      // those who wait hear of it; perhaps nobody does
      end.catch(() => undefined);
    },
    over: async (signal) => {
      if (end !== null) await orAborted(end, signal);
    },
    close: () => {
      closing.abort(new ServiceAway());
    },
  };
}

/** Makes a connection whose requests wait until the service is back when none of their bytes was sent. */
export function outwaitAbsence(connection: Connection, absence: Absence): Connection {
  return {
    exchange: async (request) => {
      for (;;) {
        await absence.over(request.signal);
        try {
          return await connection.exchange(request);
        } catch (error) {
          if (request.signal.aborted || !wasRefused(error)) throw error;
          absence.begin();
        }
      }
    },
    close: () => connection.close(),
  };
}
