import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@supergraph/platform/time';

import { createDatabaseClock } from './database-clock.ts';
import { DatabaseLost } from './database-loss.ts';
import { withConnection } from './maintenance-connection.ts';
import { createEmptyDatabase } from './testing.ts';
import type { TestDatabase } from './testing/test-databases.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

/** Nothing listens there. */
const nowhere = 'postgresql://nobody@127.0.0.1:1/nothing';

function aClock(url = database.url) {
  const passed = { ms: 0 };
  const failures: unknown[] = [];
  const clock = createDatabaseClock({
    url,
    monotonicMs: () => passed.ms,
    onFailure: (error) => void failures.push(error),
  });
  return { clock, passed, failures };
}

const databaseTime = (): Promise<Date> =>
  withConnection(database.url, async (client) => {
    const { rows } = await client.query<{ time: Date }>('SELECT clock_timestamp() AS time');
    return rows[0]?.time ?? new Date(Number.NaN);
  });

describe('A clock that goes by the database', () => {
  it('tells what the database tells, whatever this machine thinks', async () => {
    const { clock, passed } = aClock();
    passed.ms = 5 * HOUR_MS;
    const before = await databaseTime();
    await clock.ask();
    const after = await databaseTime();
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(clock.now().getTime()).toBeLessThanOrEqual(after.getTime());
  });

  it('is the same for two processes that have been up for different times', async () => {
    const [one, other] = [aClock(), aClock()];
    other.passed.ms = -7 * HOUR_MS;
    const before = await databaseTime();
    await Promise.all([one.clock.ask(), other.clock.ask()]);
    const tookMs = (await databaseTime()).getTime() - before.getTime();
    const apartMs = one.clock.now().getTime() - other.clock.now().getTime();
    expect(Math.abs(apartMs)).toBeLessThanOrEqual(tookMs);
  });

  it('goes on by the time that has passed here until it asks again', async () => {
    const { clock, passed } = aClock();
    await clock.ask();
    const told = clock.now();
    passed.ms += 29 * SECOND_MS;
    expect(clock.now()).toEqual(new Date(told.getTime() + 29 * SECOND_MS));
    // no such time has passed at the database
    await clock.ask();
    expect(clock.now().getTime() - told.getTime()).toBeLessThan(29 * SECOND_MS);
  });

  it('also while the database is away, and says that it is', async () => {
    const mortal = await createEmptyDatabase();
    const { clock, passed, failures } = aClock(mortal.url);
    await clock.ask();
    const told = clock.now();
    await mortal.drop();
    await clock.ask();
    expect(failures).toHaveLength(1);
    passed.ms += 10 * MINUTE_MS;
    expect(clock.now()).toEqual(new Date(told.getTime() + 10 * MINUTE_MS));
  });

  it('has no time to tell before the database has told it once', async () => {
    const { clock, failures } = aClock(nowhere);
    await clock.start();
    expect(() => clock.now()).toThrow(DatabaseLost);
    expect(failures).toHaveLength(1);
    await clock.stop();
  });

  it('asks when it starts, and no more once it is stopped', async () => {
    const { clock, failures } = aClock();
    await clock.start();
    await clock.stop();
    expect(Math.abs(clock.now().getTime() - (await databaseTime()).getTime())).toBeLessThan(MINUTE_MS);
    expect(failures).toEqual([]);
  });
});
