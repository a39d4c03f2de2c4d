import type { Clock } from '@supergraph/platform/time';

import { dayInSeoul, type CalendarDay } from '../domain/calendar.ts';
import type { Known } from '../domain/freshness.ts';
import { KosUnavailable } from '../domain/kos-unavailable.ts';
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
 * found by anybody any more, however late it was written. On the day on which a booked change takes effect, what was said
 * before that day is asked anew, and shown as old if KOS is silent.
 */
export function createKeptStandings(deps: {
  readonly read: ReadKept;
  readonly ask: (line: OwnLine, priority: 'interactive' | 'background') => Promise<LineStanding | null>;
  readonly clock: Clock;
}): StandingSource {
  const ask = async (line: OwnLine, priority: 'interactive' | 'background'): Promise<LineStanding> => {
    const standing = await deps.ask(line, priority);
    if (standing === null) throw new UnknownLine();
    return standing;
  };

  const read = (line: OwnLine, name: string): Promise<Known<LineStanding>> =>
    deps.read({
      name,
      tags: [lineTag(line.lineId)],
      rule: cacheRules.standing,
      decode: decodeStanding,
      ask: () => ask(line, 'interactive'),
      askInBackground: () => ask(line, 'background'),
    });

  /** The day on which what is known came to be out of date; null when it has not. */
  function outdatedOn({ value: { scheduledChange }, freshness }: Known<LineStanding>): CalendarDay | null {
    if (scheduledChange === null) return null;
    const { effectiveDate } = scheduledChange;
    const isFromBefore = dayInSeoul(freshness.fetchedAt) < effectiveDate;
    return isFromBefore && effectiveDate <= dayInSeoul(deps.clock.now()) ? effectiveDate : null;
  }

  async function readOfToday(line: OwnLine): Promise<Known<LineStanding>> {
    const known = await read(line, standingName(line));
    const day = outdatedOn(known);
    if (day === null) return known;
    try {
      return await read(line, `${standingName(line)}:${day}`);
    } catch (error) {
      if (error instanceof KosUnavailable) return { ...known, freshness: { ...known.freshness, isStale: true } };
      throw error;
    }
  }

  return {
    async standing(line) {
      try {
        return await readOfToday(line);
      } catch (error) {
        if (error instanceof UnknownLine) return null;
        throw error;
      }
    },
  };
}
