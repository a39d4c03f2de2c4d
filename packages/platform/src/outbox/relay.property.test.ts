import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createManualClock, createMemoryOutboxStore } from '../testing/index.ts';
import { createRelay } from './index.ts';
import type { OutboxMessage } from './index.ts';

describe('over any schedule of two relays, failures, crashes and time', () => {
  const message = fc.record({ key: fc.constantFrom('a', 'b', 'c'), failures: fc.nat({ max: 7 }) });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('write'), message }),
    fc.record({ kind: fc.constant('drain'), relay: fc.nat({ max: 1 }) }),
    fc.record({ kind: fc.constant('drainBoth') }),
    fc.record({ kind: fc.constant('crash') }),
    fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: 60_000 }) }),
  );

  it('every message is delivered or tried five times, in the order of its key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const clock = createManualClock('2026-07-01T00:00:00Z');
        const store = createMemoryOutboxStore({ claimMs: 30_000 });
        const written: { readonly id: string; readonly key: string }[] = [];
        const failuresLeft = new Map<string, number>();
        const tries = new Map<string, number>();
        const finished: string[] = [];
        const wrongs: unknown[] = [];
        const deliver = async ({ id, orderingKey }: OutboxMessage) => {
          const ahead = written.filter(({ key }) => key === orderingKey).map((row) => row.id);
          if (ahead.slice(0, ahead.indexOf(id)).some((earlier) => !finished.includes(earlier)))
            wrongs.push('out of order');
          tries.set(id, (tries.get(id) ?? 0) + 1);
          const left = failuresLeft.get(id) ?? 0;
          failuresLeft.set(id, left - 1);
          if (left > 0) throw new Error('refused');
          await Promise.resolve();
        };
        const relays = [0, 1].map(() =>
          createRelay({
            store,
            deliver,
            clock,
            random: () => 0.5,
            events: {
              delivered: ({ id }) => finished.push(id),
              setAside: ({ id }) => finished.push(id),
              putOff: () => undefined,
              storeFailed: (error) => wrongs.push(error),
            },
            pollMs: 1_000,
            batchSize: 2,
          }),
        );
        for (const next of steps) {
          switch (next.kind) {
            case 'write': {
              const id = randomUUID();
              written.push({ id, key: next.message.key });
              failuresLeft.set(id, next.message.failures);
              store.add([{ id, topic: 't', orderingKey: next.message.key, payload: null, createdAt: clock.now() }]);
              break;
            }
            case 'drain':
              await relays[next.relay]?.drain();
              break;
            case 'drainBoth':
              await Promise.all(
                relays.map(async (relay) => {
                  await relay.drain();
                }),
              );
              break;
            case 'crash':
              await store.claim(2, clock.now());
              break;
            case 'pass':
              clock.advance(next.ms);
              break;
          }
        }
        while (store.idsOf('pending').length > 0) {
          clock.advance(300_000);
          await relays[0]?.drain();
        }
        expect(wrongs).toEqual([]);
        expect(finished.slice().sort()).toEqual(written.map(({ id }) => id).sort());
        for (const id of store.idsOf('set-aside')) expect(tries.get(id)).toBe(5);
      }),
      { numRuns: 200 },
    );
  });
});
