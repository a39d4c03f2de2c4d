import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';

import { describe, expect, it } from '@jest/globals';

import { TimeRanOut, within } from './within.ts';

const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('A work that has so long and no longer', () => {
  it('is stopped then', async () => {
    const never = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    await expect(within({ timeoutMs: 10 }, never)).rejects.toThrow(TimeRanOut);
  });

  it('is not late when its answer came in while this process stood still', async () => {
    const { port1: here, port2: there } = new MessageChannel();
    const work = async (signal: AbortSignal): Promise<string> => {
      const answered = once(here, 'message');
      there.postMessage('an answer');
      standStill(20);
      await answered;
      signal.throwIfAborted();
      return 'in time';
    };
    expect(await within({ timeoutMs: 10 }, work)).toBe('in time');
    here.close();
  });
});
