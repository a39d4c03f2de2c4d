import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { createReachability, DatabaseSilent } from './reachability.ts';

const everyMs = 500;

/** A server that answers looks as it is told. */
function aServer() {
  let isAnswering = false;
  const looks = jest.fn(() => Promise.resolve(isAnswering));
  const reachability = createReachability({ look: looks, everyMs });
  return {
    reachability,
    looks,
    thaw: () => {
      isAnswering = true;
    },
  };
}

describe('a server that somebody waited for in vain', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is looked at once, however many doubt, and asked on when it is well', async () => {
    const { reachability, looks, thaw } = aServer();
    await reachability.pass();
    thaw();
    reachability.doubt();
    reachability.doubt();
    await reachability.pass();
    expect(looks).toHaveBeenCalledTimes(1);
  });

  it('is asked by nobody while it is silent, and by everybody as soon as a look finds it well', async () => {
    jest.useFakeTimers();
    const { reachability, looks, thaw } = aServer();
    reachability.doubt();
    await expect(reachability.pass()).rejects.toThrow(DatabaseSilent);
    await jest.advanceTimersByTimeAsync(3 * everyMs);
    expect(looks).toHaveBeenCalledTimes(4);
    await expect(reachability.pass()).rejects.toThrow(DatabaseSilent);
    thaw();
    await jest.advanceTimersByTimeAsync(everyMs);
    await reachability.pass();
    await jest.advanceTimersByTimeAsync(10 * everyMs);
    expect(looks).toHaveBeenCalledTimes(5);
  });

  it('is not looked at any more once nobody will ask', async () => {
    jest.useFakeTimers();
    const { reachability, looks } = aServer();
    reachability.doubt();
    await expect(reachability.pass()).rejects.toThrow(DatabaseSilent);
    reachability.close();
    reachability.doubt();
    await jest.advanceTimersByTimeAsync(10 * everyMs);
    expect(looks).toHaveBeenCalledTimes(1);
  });
});
