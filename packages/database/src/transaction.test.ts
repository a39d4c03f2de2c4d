import { describe, expect, it, jest } from '@jest/globals';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { runTransaction, type TransactionOptions } from './transaction.ts';

const conflict = () => new DriverAdapterError({ kind: 'TransactionWriteConflict' });
const lostConnection = () => new Error('Connection terminated unexpectedly');
const frozen = () => new Error('Query read timeout');

type Failure = { readonly at: 'begin' | 'work' | 'commit'; readonly error: Error };

/** A database in which each run ends as told; those after the last one told go well. */
function aDatabase(...failures: readonly Failure[]) {
  const committed: number[] = [];
  let runs = 0;
  const pause = jest.fn<NonNullable<TransactionOptions['pause']>>(() => Promise.resolve());

  const run = (options: TransactionOptions = {}) => {
    let failure: Failure | undefined;
    return runTransaction<number, string>(
      async (work) => {
        failure = failures[runs];
        runs += 1;
        if (failure?.at === 'begin') throw failure.error;
        const result = await work(runs);
        if (failure?.at === 'commit') throw failure.error;
        committed.push(runs);
        return result;
      },
      (number) => (failure?.at === 'work' ? Promise.reject(failure.error) : Promise.resolve(`run ${number}`)),
      { random: () => 0.5, pause, ...options },
    );
  };
  return { run, committed, pause, runs: () => runs };
}

const at = (place: Failure['at'], error: Error): Failure => ({ at: place, error });

describe('a transaction that lost against another one', () => {
  it.each(['work', 'commit'] as const)('in its %s runs again, a little later each time', async (place) => {
    const database = aDatabase(at(place, conflict()), at(place, conflict()), at(place, conflict()));
    expect(await database.run()).toBe('run 4');
    expect(database.committed).toEqual([4]);
    expect(database.pause.mock.calls).toEqual([[20], [40], [80]]);
  });

  it('tells so after the third time', async () => {
    const database = aDatabase(...Array.from({ length: 4 }, () => at('work', conflict())));
    await expect(database.run()).rejects.toMatchObject({ cause: { kind: 'TransactionWriteConflict' } });
    expect(database.runs()).toBe(4);
  });
});

describe('a transaction whose connection is lost', () => {
  it.each(['begin', 'work'] as const)('in its %s runs again, once, since nothing was committed', async (place) => {
    const once = aDatabase(at(place, lostConnection()));
    expect(await once.run()).toBe('run 2');
    const twice = aDatabase(at(place, lostConnection()), at(place, lostConnection()));
    await expect(twice.run()).rejects.toMatchObject({ loss: 'away', mayBeDone: false });
    expect(twice.runs()).toBe(2);
  });

  it('during the commit may have been committed, and says so rather than run again', async () => {
    const database = aDatabase(at('commit', lostConnection()));
    await expect(database.run()).rejects.toMatchObject({ loss: 'away', mayBeDone: true });
    expect(database.runs()).toBe(1);
  });

  it('during the commit runs again where that is harmless, and does not forget that it may be done', async () => {
    const back = aDatabase(at('commit', lostConnection()));
    expect(await back.run({ isRepeatable: true })).toBe('run 2');
    const gone = aDatabase(at('commit', lostConnection()), at('begin', lostConnection()));
    await expect(gone.run({ isRepeatable: true })).rejects.toMatchObject({ loss: 'away', mayBeDone: true });
  });

  it('to a server that is frozen does not make anybody wait a second time', async () => {
    const database = aDatabase(at('work', frozen()));
    await expect(database.run({ isRepeatable: true })).rejects.toMatchObject({ loss: 'silent', mayBeDone: false });
    expect(database.runs()).toBe(1);
  });
});

describe('what the work of a transaction throws', () => {
  it('comes out as it went in, and is not run again', async () => {
    const mistake = new TypeError('a mistake');
    const database = aDatabase(at('work', mistake));
    await expect(database.run({ isRepeatable: true })).rejects.toBe(mistake);
    expect(database.runs()).toBe(1);
  });
});
