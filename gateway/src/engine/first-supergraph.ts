import { describeError, type Logger } from '@supergraph/platform/telemetry';

import type { LastGood } from './last-good.ts';
import type { LoadedSupergraph } from './load-supergraph.ts';
import type { SupergraphOrigin } from './supergraph-origin.ts';

/**
 * Loads the supergraph to begin with: that of the origin, or, when there is none or a bad one, the last that was good.
 * Throws when neither can be had.
 */
export async function firstSupergraph(by: {
  readonly origin: SupergraphOrigin;
  readonly lastGood: LastGood;
  readonly load: (sdl: string) => Promise<LoadedSupergraph>;
  readonly log: Logger;
}): Promise<LoadedSupergraph> {
  try {
    const sdl = await by.origin.read();
    const loaded = await by.load(sdl);
    await by.lastGood.keep(sdl);
    return loaded;
  } catch (error) {
    const kept = await by.lastGood.read();
    if (kept === null) throw error;
    by.log.error({ origin: by.origin.name, ...describeError(error) }, 'the last good supergraph is served instead');
    return await by.load(kept);
  }
}
