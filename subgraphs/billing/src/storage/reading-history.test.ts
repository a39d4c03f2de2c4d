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
  const batches: string[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  return {
    batches,
    record: (readings: readonly Reading[]) =>
      new Promise<void>((resolve, reject) => {
        batches.push(readings.map(({ inquiry }) => inquiry.id));
        ends.push((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
    async endWrite(error?: Error) {
      ends.shift()?.(error);
      await jest.advanceTimersByTimeAsync(0);
    },
  };
}

function aHistory(mostWaiting = 100) {
  jest.useFakeTimers();
  const database = aDatabase();
  const dropped: number[] = [];
  const history = createReadingHistory({
    record: database.record,
    mostWaiting,
    retryMs: 1_000,
    events: { writeFailed: () => undefined, dropped: (readings) => dropped.push(readings) },
  });
  const note = (...ids: string[]) => {
    for (const id of ids) history.note(anInquiry(id), []);
  };
  return { database, dropped, history, note };
}

describe('The history of bills looked at', () => {
  it('is written at once when little happens, and in batches when much does', async () => {
    const { database, note } = aHistory();
    note('a', 'b', 'c');
    expect(database.batches).toEqual([['a']]);
    await database.endWrite();
    expect(database.batches).toEqual([['a'], ['b', 'c']]);
  });

  it('is settled when all that was noted is written', async () => {
    const { database, history, note } = aHistory();
    note('a', 'b');
    let isSettled = false;
    void history.settled().then(() => (isSettled = true));
    await database.endWrite();
    expect(isSettled).toBe(false);
    await database.endWrite();
    expect(isSettled).toBe(true);
  });

  it('waits for a database that is away, in order, and tries again by itself', async () => {
    const { database, note } = aHistory();
    note('a', 'b');
    await database.endWrite(new Error('away'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(database.batches).toEqual([['a'], ['a', 'b']]);
  });

  it('forgets the oldest when too many wait, and says how many', async () => {
    const { database, dropped, note } = aHistory(3);
    note('a');
    await database.endWrite(new Error('away'));
    note('b');
    await database.endWrite(new Error('away'));
    note('c', 'd', 'e');
    expect(dropped).toEqual([1, 1]);
    await database.endWrite(new Error('away'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(database.batches.at(-1)).toEqual(['c', 'd', 'e']);
  });

  it('is written to the end when it is closed', async () => {
    const { database, history, note } = aHistory();
    note('a', 'b');
    const closed = history.close();
    await database.endWrite();
    await database.endWrite();
    await closed;
    expect(database.batches.flat()).toEqual(['a', 'b']);
  });
});
