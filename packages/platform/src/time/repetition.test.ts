import { EventEmitter, once } from 'node:events';

import { describe, expect, it, jest } from '@jest/globals';

import { createRepetition } from './index.ts';

describe('A work done again and again', () => {
  it('goes on after a failure, which is told', async () => {
    const works = new EventEmitter();
    const failure = new Error('not this time');
    const work = jest.fn<() => Promise<void>>();
    work.mockRejectedValueOnce(failure).mockImplementation(() => {
      works.emit('done again');
      return Promise.resolve();
    });
    const onFailure = jest.fn();
    const repetition = createRepetition({ work, pauseMs: 1, onFailure });
    const doneAgain = once(works, 'done again');
    repetition.start();
    await doneAgain;
    await repetition.stop();
    expect(onFailure.mock.calls).toEqual([[failure]]);
  });

  it('is told when it is stopped, which waits for its end, and is not begun again', async () => {
    const work = jest.fn(async (signal: AbortSignal) => {
      if (!signal.aborted) await once(signal, 'abort');
    });
    const repetition = createRepetition({ work, pauseMs: 0, onFailure: jest.fn() });
    repetition.start();
    await repetition.stop();
    await expect(Promise.all(work.mock.results.map(({ value }) => value))).resolves.toEqual([undefined]);
    await new Promise(setImmediate);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
