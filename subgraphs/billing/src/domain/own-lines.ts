import type { KosAsk, LineDirectory, OwnLine } from './ports.ts';

/** Whoever asks, as far as billing cares. */
export interface Caller {
  readonly userId: string;
  /** null for staff, who have no lines. */
  readonly customerId: string | null;
}

export const isLineId = (text: string): boolean => /^ln_[A-Za-z0-9_-]{22}$/.test(text);

export interface OwnLines {
  all(caller: Caller, ask: KosAsk): Promise<readonly OwnLine[]>;
  /** The caller's lines of these ids, in order; null for any other id, whether it exists or not. */
  findMany(caller: Caller, lineIds: readonly string[], ask: KosAsk): Promise<readonly (OwnLine | null)[]>;
  /** Throws KosUnavailable. */
  find(caller: Caller, lineId: string, ask: KosAsk): Promise<OwnLine | null>;
}

/** Makes the rule that a line is its customer's alone. Which ids are asked for never decides what KOS is asked. */
export function createOwnLines(directory: LineDirectory): OwnLines {
  async function all({ customerId }: Caller, ask: KosAsk): Promise<readonly OwnLine[]> {
    return customerId === null ? [] : await directory.linesOf(customerId, ask);
  }

  async function findMany(caller: Caller, lineIds: readonly string[], ask: KosAsk) {
    const lines = lineIds.some(isLineId) ? await all(caller, ask) : [];
    return lineIds.map((lineId) => lines.find((line) => line.id === lineId) ?? null);
  }

  return {
    all,
    findMany,
    find: async (caller, lineId, ask) => (await findMany(caller, [lineId], ask))[0] ?? null,
  };
}
