import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createSharedReads } from './shared-reads.ts';

interface Answer {
  readonly begunAt: number;
}

/** A source whose reads end when told, and a count of what happened so far as its clock. */
function aSource() {
  let now = 0;
  const pending: (() => void)[] = [];
  const read = async (): Promise<Answer> => {
    const begunAt = (now += 1);
    await new Promise<void>((resolve) => pending.push(resolve));
    if (begunAt % 5 === 0) throw new Error('failed');
    return { begunAt };
  };
  return {
    read,
    tick: () => (now += 1),
    reads: () => pending.length,
    async endAll(): Promise<void> {
      // Reads that begin meanwhile come to their end here, too.
      for (const end of pending) {
        end();
        await new Promise(setImmediate);
      }
    },
    async endOne(nth: number): Promise<void> {
      pending[nth]?.();
      await new Promise(setImmediate);
    },
  };
}

describe('Shared reads', () => {
  it('cost a crowd two reads: the one under way, and the next for all who came meanwhile', async () => {
    const source = aSource();
    const share = createSharedReads<Answer>();
    const crowd = Array.from({ length: 20 }, () => share('line', source.read));
    await source.endAll();
    await Promise.all(crowd);
    expect(source.reads()).toBe(2);
  });

  it('keep keys apart', async () => {
    const source = aSource();
    const share = createSharedReads<Answer>();
    const both = [share('one', source.read), share('other', source.read)];
    expect(source.reads()).toBe(2);
    await source.endAll();
    await Promise.all(both);
  });

  it('never give anybody an answer that was begun before the question, also after failures', async () => {
    const steps = fc.array(fc.oneof(fc.constant('ask' as const), fc.nat(5)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (schedule) => {
        const source = aSource();
        const share = createSharedReads<Answer>();
        const askers: Promise<void>[] = [];
        for (const step of schedule) {
          if (step === 'ask') {
            const askedAt = source.tick();
            const isNewEnough = ({ begunAt }: Answer): void => {
              expect(begunAt).toBeGreaterThan(askedAt);
            };
            askers.push(
              share('line', source.read).then(isNewEnough, (error: unknown) => {
                expect(String(error)).toBe('Error: failed');
              }),
            );
          } else await source.endOne(step);
        }
        await source.endAll();
        await Promise.all(askers);
      }),
      { numRuns: 300 },
    );
  });
});
