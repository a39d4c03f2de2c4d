import type { AuditRecord } from '../audit/audit-record.ts';
import type { AuditStore } from '../audit/audit-store.ts';
import { beginning, type ChainEnd, type ChainLink } from '../audit/chain.ts';

/** What becomes of the next attempt to add links: done as it should be, refused, or done and the answer lost. */
type Fate = 'done' | 'not done' | 'answer lost';

/** The chain in memory, treated as badly as a test wants. */
export interface MemoryAuditStore extends AuditStore {
  readonly links: readonly ChainLink[];
  records(): readonly AuditRecord[];
  /** While it is away nothing is answered. */
  isAway: boolean;
  /** Asked before links are added; several gateways may have to wait here. */
  onAppend: () => Promise<Fate> | Fate;
}

export function createMemoryAuditStore(): MemoryAuditStore {
  const links: ChainLink[] = [];
  const end = (): ChainEnd => links.at(-1) ?? beginning;
  const answer = <Value>(read: () => Value): Promise<Value> =>
    store.isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve(read());

  const store: MemoryAuditStore = {
    links,
    records: () => links.map(({ record }) => record),
    isAway: false,
    onAppend: () => 'done',
    end: () => answer(() => ({ sequence: end().sequence, hash: end().hash })),
    hashAt: (sequence) => answer(() => links[sequence - 1]?.hash ?? null),
    async append(behind, added) {
      const fate = await store.onAppend();
      if (store.isAway || fate === 'not done') throw new Error('the database is away');
      const isNext = behind.sequence === end().sequence && behind.hash === end().hash;
      if (isNext) links.push(...added);
      if (fate === 'answer lost') throw new Error('the connection broke');
      return isNext;
    },
    close: () => Promise.resolve(),
  };
  return store;
}
