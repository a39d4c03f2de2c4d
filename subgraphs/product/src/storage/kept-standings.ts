import type { StandingSource } from '../domain/ports.ts';
import type { LineStanding, OwnLine } from '../domain/product.ts';
import { cacheRules } from './cache-rules.ts';
import type { ReadKept } from './kept-answers.ts';
import { decodeStanding } from './kept-shapes.ts';

/** Everything that is kept about a line carries this tag. */
export const lineTag = (lineId: string): string => `line:${lineId}`;

/** The version is part of the name: see createKeptStandings. */
export const standingName = (line: Pick<OwnLine, 'lineId' | 'productVersion'>): string =>
  `standing:${line.lineId}:${line.productVersion}`;

/** KOS does not know a line that it listed; not kept, since it is a contradiction that will pass. */
class UnknownLine extends Error {
  override readonly name = 'UnknownLine';
}

/**
 * Lines as they are shown. The version is part of the name: once a change is completed, no answer from before it can be
 * found by anybody any more, however late it was written.
 */
export function createKeptStandings(deps: {
  readonly read: ReadKept;
  readonly ask: (line: OwnLine, priority: 'interactive' | 'background') => Promise<LineStanding | null>;
}): StandingSource {
  const ask = async (line: OwnLine, priority: 'interactive' | 'background'): Promise<LineStanding> => {
    const standing = await deps.ask(line, priority);
    if (standing === null) throw new UnknownLine();
    return standing;
  };

  return {
    async standing(line) {
      try {
        return await deps.read({
          name: standingName(line),
          tags: [lineTag(line.lineId)],
          rule: cacheRules.standing,
          decode: decodeStanding,
          ask: () => ask(line, 'interactive'),
          askInBackground: () => ask(line, 'background'),
        });
      } catch (error) {
        if (error instanceof UnknownLine) return null;
        throw error;
      }
    },
  };
}
