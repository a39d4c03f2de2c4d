import { setTimeout as pause } from 'node:timers/promises';

import { describeError, type Logger } from '@supergraph/platform/telemetry';

import type { Reload, ReloadOutcome } from './reload.ts';
import type { SupergraphOrigin } from './supergraph-origin.ts';

/** Looks for a new supergraph from time to time, and when told to. */
export interface Watch {
  /** Looks now. */
  look(): Promise<ReloadOutcome>;
  stop(): Promise<void>;
}

/** Watches an origin: whatever it has is offered. An origin that cannot be read changes nothing. */
export function watchOrigin(by: {
  readonly origin: SupergraphOrigin;
  readonly reload: Reload;
  /** Only when told to if null. */
  readonly everyMs: number | null;
  readonly log: Logger;
}): Watch {
  const { everyMs } = by;
  const stopping = new AbortController();

  async function look(): Promise<ReloadOutcome> {
    try {
      return await by.reload.offer(await by.origin.read());
    } catch (error) {
      by.log.warn(
        { origin: by.origin.name, ...describeError(error) },
        'the origin of the supergraph could not be read',
      );
      return { outcome: 'refused', reason: 'the origin of the supergraph could not be read' };
    }
  }

  async function watch(): Promise<void> {
    while (everyMs !== null && !stopping.signal.aborted) {
      try {
        await pause(everyMs, undefined, { signal: stopping.signal, ref: false });
      } catch {
        return;
      }
      await look();
    }
  }

  const watching = watch();
  return {
    look,
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
