import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createManualClock, createMemoryOutboxStore } from '../testing/index.ts';
import { createRelay, DeliveryRefused } from './index.ts';
import type { OutboxMessage, RelayEvents } from './index.ts';

describe('over one outage, whenever it begins and ends', () => {
  const message = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    lag: fc.nat({ max: 8 }),
    isPoison: fc.constantFrom(false, false, false, true),
  });
  const step = fc.record({
    messages: fc.array(message, { maxLength: 3 }),
    crew: fc.subarray([0, 1]),
    ms: fc.constantFrom(0, 1_000, 60_000),
  });
  const outage = fc.record({ fromCall: fc.nat({ max: 30 }), calls: fc.integer({ min: 1, max: 40 }) });

  it('every message but poison arrives, and none of those has used up an attempt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), outage, async (steps, { fromCall, calls }) => {
        const clock = createManualClock('2026-07-01T00:00:00Z');
        const store = createMemoryOutboxStore({ claimMs: 30_000 });
        const ids: string[] = [];
        const poison: string[] = [];
        const wrongs: unknown[] = [];
        let called = 0;
        // Answers overtake each other.
        const deliver = async ({ id, payload }: OutboxMessage) => {
          if (poison.includes(id)) throw new Error('refused');
          called += 1;
          const isAway = called > fromCall && called <= fromCall + calls;
          for (let tick = 0; tick < Number(payload); tick += 1) await Promise.resolve();
          if (isAway) throw new DeliveryRefused('It', 503);
        };
        const events: RelayEvents = {
          delivered: ({ id, attempts }) => {
            if (attempts > 0) wrongs.push(`${id} arrived after ${attempts} attempts`);
          },
          putOff: () => undefined,
          setAside: () => undefined,
          storeFailed: (error) => wrongs.push(error),
        };
        const relays = [0, 1].map(() =>
          createRelay({ store, deliver, clock, random: () => 0.5, events, pollMs: 1_000, batchSize: 4 }),
        );
        for (const { messages, crew, ms } of steps) {
          for (const { key, lag, isPoison } of messages) {
            const id = `${key}/${ids.length + poison.length}`;
            (isPoison ? poison : ids).push(id);
            store.add([{ id, topic: 't', orderingKey: key, payload: lag, createdAt: clock.now() }]);
          }
          await Promise.all(
            crew.map(async (each) => {
              await relays[each]?.drain();
            }),
          );
          clock.advance(ms);
        }
        while (store.idsOf('pending').length > 0) {
          clock.advance(60_000);
          await relays[0]?.drain();
        }
        expect(wrongs).toEqual([]);
        expect(store.idsOf('delivered')).toEqual(ids);
        expect(store.idsOf('set-aside')).toEqual(poison);
      }),
      { numRuns: 500 },
    );
  });
});
