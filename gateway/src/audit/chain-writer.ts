import type { AuditRecord } from './audit-record.ts';
import type { AuditStore } from './audit-store.ts';
import type { Chain, ChainEnd } from './chain.ts';

/** Adds records to the chain, each once, however often it is tried. */
export interface ChainWriter {
  /**
   * Tries to add records; answers those that are in the chain now: all of them, or else those of an earlier try whose
   * answer had been lost. Throws what the store throws, or ChainContended.
   */
  add(records: readonly AuditRecord[]): Promise<readonly AuditRecord[]>;
  /** Where the chain ended when this writer last added to it. */
  end(): ChainEnd | null;
}

/** Other gateways were faster each time. */
export class ChainContended extends Error {
  constructor() {
    super(`others were faster ${mostRaces} times`);
    this.name = 'ChainContended';
  }
}

const mostRaces = 50;

/** An attempt of which nobody knows whether it succeeded. It can only as long as the chain ends where it began. */
interface Attempt {
  readonly from: ChainEnd;
  readonly to: ChainEnd;
  readonly records: readonly AuditRecord[];
}

/**
 * Makes the writer of one gateway. Nobody holds a lock: each attempt names the end that it builds on, so of several
 * gateways one succeeds and the others build anew, and a gateway that stands still keeps nobody waiting.
 */
export function createChainWriter({
  store,
  chain,
}: {
  readonly store: AuditStore;
  readonly chain: Chain;
}): ChainWriter {
  let known: ChainEnd | null = null;
  let written: ChainEnd | null = null;
  let unclear: readonly Attempt[] = [];

  async function attempt(from: ChainEnd, records: readonly AuditRecord[]): Promise<boolean> {
    const links = chain.extend(from, records);
    const to = links.at(-1) ?? from;
    try {
      const isAdded = await store.append(from, links);
      known = isAdded ? to : null;
      if (isAdded) written = to;
      return isAdded;
    } catch (error) {
      // the same records on the same end make the same chain, however often it is tried
      if (!unclear.some((earlier) => earlier.to.hash === to.hash)) unclear = [...unclear, { from, to, records }];
      known = null;
      throw error;
    }
  }

  /** Finds out about attempts whose answer was lost. One that began as another and went on is two that succeeded. */
  async function findSucceeded(end: ChainEnd): Promise<readonly Attempt[]> {
    const isIn = await Promise.all(unclear.map(async ({ to }) => (await store.hashAt(to.sequence)) === to.hash));
    const succeeded = unclear.filter((_, n) => isIn[n]);
    unclear = succeeded.length > 0 ? [] : unclear.filter(({ from }) => from.hash === end.hash);
    return succeeded;
  }

  return {
    async add(records) {
      for (let races = 0; races < mostRaces; races += 1) {
        if (known === null) {
          const end = await store.end();
          const succeeded = await findSucceeded(end);
          if (succeeded.length > 0) return [...new Set(succeeded.flatMap((each) => each.records))];
          known = end;
        }
        if (await attempt(known, records)) {
          unclear = [];
          return records;
        }
      }
      throw new ChainContended();
    },
    end: () => written,
  };
}
