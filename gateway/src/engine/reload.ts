import { describeError, type Logger } from '@supergraph/platform/telemetry';

import type { LoadedSupergraph } from './load-supergraph.ts';
import type { RehearsedOperation } from './rehearse.ts';
import type { ServedSupergraph } from './served-supergraph.ts';

/** What became of a supergraph that was offered. */
export type ReloadOutcome =
  | { readonly outcome: 'served'; readonly id: string }
  | { readonly outcome: 'unchanged'; readonly id: string }
  /** The one before goes on being served. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Replaces the supergraph that is served. */
export interface Reload {
  /** One at a time; never throws. */
  offer(sdl: string): Promise<ReloadOutcome>;
}

/** Throws with the names of the operations that have no plan. */
function assertAllPlanned(rehearsed: readonly RehearsedOperation[]): void {
  const broken = rehearsed.filter(({ fetches }) => fetches === null);
  if (broken.length === 0) return;
  const names = broken.map(({ operation }) => operation.name).join(', ');
  throw new Error(`operations that clients send do not fit any more: ${names}`);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Makes the replacement of a supergraph: the new text is loaded and proven to be protected, every known operation is
 * planned on it, it is kept for the next start, and then it is served. If any of this fails nothing has changed.
 */
export function createReload(by: {
  readonly served: ServedSupergraph;
  readonly load: (sdl: string) => Promise<LoadedSupergraph>;
  readonly rehearse: (supergraph: LoadedSupergraph) => Promise<readonly RehearsedOperation[]>;
  /** Keeps the text of a supergraph that is good, for a start at which there is no good one to be had. */
  readonly keep: (sdl: string) => Promise<void>;
  /** Called when the new one is about to be served; the old one ends once nothing runs on it. */
  readonly replaced: (next: LoadedSupergraph, previous: LoadedSupergraph) => void;
  /** Called when the new one is not served after all; the old one is. */
  readonly refused: (still: LoadedSupergraph) => void;
  readonly log: Logger;
}): Reload {
  const { served, log } = by;
  let latest: Promise<unknown> = Promise.resolve();
  /** The text that was offered last, if it was refused: it would be again. */
  let refused: { readonly sdl: string; readonly outcome: ReloadOutcome } | null = null;

  async function prepare(sdl: string): Promise<LoadedSupergraph> {
    const next = await by.load(sdl);
    try {
      assertAllPlanned(await by.rehearse(next));
      return next;
    } catch (error) {
      await next.stop();
      throw error;
    }
  }

  async function replace(sdl: string): Promise<ReloadOutcome> {
    const before = served.current();
    if (refused?.sdl === sdl) return refused.outcome;
    refused = null;
    if (before.sdl === sdl) return { outcome: 'unchanged', id: before.id };
    try {
      const next = await prepare(sdl);
      await by.keep(sdl);
      by.replaced(next, served.current());
      served.swap(next);
      log.info({ supergraph: next.id, previous: before.id }, 'a new supergraph is served');
      return { outcome: 'served', id: next.id };
    } catch (error) {
      log.error(
        { supergraph: before.id, ...describeError(error) },
        'a supergraph was refused; the one before is served',
      );
      const outcome = { outcome: 'refused', reason: reasonOf(error) } as const;
      refused = { sdl, outcome };
      by.refused(before);
      return outcome;
    }
  }

  return {
    offer: (sdl) => {
      const next = latest.then(() => replace(sdl));
      latest = next;
      return next;
    },
  };
}
