import { describe, expect, it, jest } from '@jest/globals';

import type { EndedInquiry } from '../domain/bill-inquiry.ts';
import { offeredMonths } from '../domain/billing-month.ts';
import type { Reading } from './inquiry-book.ts';
import { createReadingHistory } from './reading-history.ts';

const at = new Date('2026-09-15T03:00:00Z');
const [billingMonth] = offeredMonths(at);

function anInquiry(id: string): EndedInquiry {
  if (billingMonth === undefined) throw new Error('no month is offered');
  const request = { id, origin: 'READ', customerId: 'CUST001', userId: 'u', lineId: 'ln', billingMonth } as const;
  return { ...request, requestedAt: at, completedAt: at, state: 'REJECTED' };
}

/** A database whose writes end when and as the test says. */
function aDatabase() {
  const groups: string[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  return {
    groups,
    record: (readings: readonly Reading[]) =>
      new Promise<void>((resolve, reject) => {
        groups.push(readings.map(({ inquiry }) => inquiry.id));
        ends.push((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
    async endWrite(error?: Error) {
      ends.shift()?.(error);
      await turn();
    },
  };
}

/** Lets everything happen that waits for nothing but its turn. */
const turn = () => jest.advanceTimersByTimeAsync(0);
const retryMs = 1_000;
const waitMs = 100;

function aHistory(mostWaiting = 100) {
  jest.useFakeTimers();
  const database = aDatabase();
  const dropped: number[] = [];
  const answered: string[] = [];
  const history = createReadingHistory({
    record: database.record,
    mostWaiting,
    waitMs,
    retryMs,
    events: { writeFailed: () => undefined, dropped: (readings) => dropped.push(readings) },
  });
  const note = async (...ids: string[]) => {
    for (const id of ids) void history.note(anInquiry(id), []).then(() => answered.push(id));
    await turn();
  };
  return { database, dropped, answered, history, note };
}

describe('The history of bills looked at', () => {
  it('lets an answer go when its reading is written, one commit for many', async () => {
    const { database, answered, note } = aHistory();
    await note('a', 'b');
    await note('c');
    await note('d');
    expect(database.groups).toEqual([['a', 'b']]);
    expect(answered).toEqual([]);
    await database.endWrite();
    expect(answered).toEqual(['a', 'b']);
    expect(database.groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await database.endWrite();
    expect(answered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps no answer for longer than it may, and writes the reading all the same', async () => {
    const { database, answered, note } = aHistory();
    await note('a');
    await jest.advanceTimersByTimeAsync(waitMs - 1);
    await note('b');
    expect(answered).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(answered).toEqual(['a']);
    await database.endWrite();
    await database.endWrite();
    expect(database.groups).toEqual([['a'], ['b']]);
    expect(answered).toEqual(['a', 'b']);
  });

  it('keeps no answer at all while the database is away, and writes in order once it is back', async () => {
    const { database, answered, note } = aHistory();
    await note('a');
    await note('b');
    await database.endWrite(new Error('away'));
    await note('c');
    expect(answered).toEqual(['a', 'b', 'c']);
    await jest.advanceTimersByTimeAsync(retryMs + 1);
    expect(database.groups).toEqual([['a'], ['a', 'b', 'c']]);
    await database.endWrite();
    await note('d');
    expect(answered).not.toContain('d');
    await database.endWrite();
    expect(answered).toContain('d');
  });

  it('is settled when all that was noted is written', async () => {
    const { database, history, note } = aHistory();
    await note('a');
    await note('b');
    let isSettled = false;
    void history.settled().then(() => (isSettled = true));
    await database.endWrite();
    expect(isSettled).toBe(false);
    await database.endWrite();
    expect(isSettled).toBe(true);
  });

  it('forgets the oldest when too many wait, and says how many when it next hears of the database', async () => {
    const { database, dropped, note } = aHistory(3);
    await note('a');
    await note('b', 'c', 'd');
    await database.endWrite(new Error('away'));
    expect(dropped).toEqual([1]);
    await note('e', 'f');
    expect(dropped).toEqual([1]);
    await jest.advanceTimersByTimeAsync(retryMs + 1);
    await database.endWrite();
    expect(database.groups).toEqual([['a'], ['d', 'e', 'f']]);
    expect(dropped).toEqual([1, 2]);
  });

  it('is written to the end when it is closed, and says what could not be', async () => {
    const { database, dropped, history, note } = aHistory();
    await note('a');
    await note('b');
    const closed = history.close();
    await database.endWrite();
    await database.endWrite(new Error('away'));
    await closed;
    expect(database.groups).toEqual([['a'], ['b']]);
    expect(dropped).toEqual([1]);
  });
});
