import { describe, expect, it } from '@jest/globals';
import { createManualClock } from '@supergraph/platform/testing';

import { createBulkhead } from './bulkhead.ts';

const clock = createManualClock('2026-11-21T03:00:00Z');

/** Work that goes on until the test ends it. */
function slowWork() {
  const ends: (() => void)[] = [];
  let mostAtOnce = 0;
  let running = 0;
  return {
    work: async (): Promise<string> => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      return 'done';
    },
    endOne: () => ends.shift()?.(),
    started: () => mostAtOnce,
    waitingToEnd: () => ends.length,
  };
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('A bulkhead', () => {
  it('lets so many in, makes so many wait, and turns the rest away at once', async () => {
    const bulkhead = createBulkhead({ concurrent: 2, waiting: 3, clock });
    const slow = slowWork();
    const accepted = Array.from({ length: 5 }, () => bulkhead.run(slow.work, null));
    await expect(bulkhead.run(slow.work, null)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_000 });
    for (let ended = 0; ended < 5; ended += 1) {
      await settle();
      slow.endOne();
    }
    expect(await Promise.all(accepted)).toEqual(Array(5).fill('done'));
    expect(slow.started()).toBe(2);
    const again = bulkhead.run(slow.work, null);
    await settle();
    slow.endOne();
    expect(await again).toBe('done');
  });

  it('gives the place of work that failed to the next in line', async () => {
    const bulkhead = createBulkhead({ concurrent: 1, waiting: 1, clock });
    const failing = bulkhead.run(() => Promise.reject(new Error('broken')), null);
    const next = bulkhead.run(() => Promise.resolve('done'), null);
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('does not start what nobody waits for any more', async () => {
    const bulkhead = createBulkhead({ concurrent: 1, waiting: 2, clock });
    const slow = slowWork();
    const first = bulkhead.run(slow.work, null);
    const late = bulkhead.run(slow.work, new Date(clock.now().getTime() + 1_000));
    const patient = bulkhead.run(() => Promise.resolve('done'), null);
    clock.advance(1_000);
    await settle();
    slow.endOne();
    await expect(late).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(await Promise.all([first, patient])).toEqual(['done', 'done']);
    expect(slow.waitingToEnd()).toBe(0);
  });
});
