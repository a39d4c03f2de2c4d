import { describeError, type Logger } from '@supergraph/platform/telemetry';

import { peacefulEndMs } from '../subgraph-policy.ts';
import { firstSupergraph } from './first-supergraph.ts';
import type { LastGood } from './last-good.ts';
import type { LoadedSupergraph } from './load-supergraph.ts';
import { rehearse, type KnownOperation } from './rehearse.ts';
import { createReload } from './reload.ts';
import { serveSupergraph, type ServedSupergraph } from './served-supergraph.ts';
import type { SupergraphOrigin } from './supergraph-origin.ts';
import { warmUp } from './warm-up.ts';
import { watchOrigin, type Watch } from './watch-origin.ts';

/** The supergraph that is served, and whatever takes its place. */
export interface Engine {
  readonly served: ServedSupergraph;
  /** Looks for a new supergraph now. */
  readonly look: Watch['look'];
  /** Makes plans of what clients are known to send, before there are any clients. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** Loads the first supergraph and keeps looking for the next. Throws when there is none to begin with. */
export async function startEngine(by: {
  readonly origin: SupergraphOrigin;
  /** How often the origin is looked at; never when null. */
  readonly lookEveryMs: number | null;
  readonly lastGood: LastGood;
  readonly load: (sdl: string) => Promise<LoadedSupergraph>;
  /** What clients are known to send: a supergraph on which one of these cannot be planned is refused. */
  readonly knownOperations: () => readonly KnownOperation[];
  /** Called before a supergraph is served, and when it still is because another was refused. */
  readonly serving: (supergraph: LoadedSupergraph) => void;
  readonly log: Logger;
}): Promise<Engine> {
  const { origin, log, load } = by;
  const lastGood: LastGood = {
    read: () => by.lastGood.read(),
    // a good supergraph is served, also when nothing can be written to the disk
    keep: async (sdl) => {
      try {
        await by.lastGood.keep(sdl);
      } catch (error) {
        log.error(describeError(error), 'the supergraph could not be kept for the next start');
      }
    },
  };
  const first = await firstSupergraph({ origin, lastGood, load, log });
  by.serving(first);
  const served = serveSupergraph(first);
  const ending = new Set<NodeJS.Timeout>();

  const reload = createReload({
    served,
    load,
    rehearse: (supergraph) => rehearse(supergraph, by.knownOperations(), log),
    keep: (sdl) => lastGood.keep(sdl),
    replaced: (next, previous) => {
      by.serving(next);
      const timer = setTimeout(() => {
        ending.delete(timer);
        previous.stop().catch((error: unknown) => {
          log.error(describeError(error), 'a supergraph that was replaced did not end well');
        });
      }, peacefulEndMs).unref();
      ending.add(timer);
    },
    refused: by.serving,
    log,
  });
  const watch = watchOrigin({ origin, reload, everyMs: by.lookEveryMs, log });
  return {
    served,
    look: () => watch.look(),
    warmUp: () => warmUp(served.current(), by.knownOperations(), log),
    close: async () => {
      for (const timer of ending) clearTimeout(timer);
      await watch.stop();
    },
  };
}
