import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UpstreamUnavailable } from '../resilience/index.ts';
import { createManualClock, createMemoryOutboxStore } from '../testing/index.ts';
import { createRelay, DeliveryRefused } from './index.ts';
import type { OutboxMessage, OutboxStore, Relay, RelayOptions } from './index.ts';

const START = '2026-07-01T00:00:00Z';
const succeed = async () => {
  await Promise.resolve();
};

let open: Relay[] = [];

/** A store with one message per key named, and a relay over it whose facts are written down. */
function aRelay(
  keys: readonly string[],
  {
    behind = (store) => store,
    ...changes
  }: Partial<RelayOptions> & { behind?: (store: OutboxStore) => OutboxStore } = {},
) {
  const clock = createManualClock(START);
  const store = createMemoryOutboxStore();
  const facts: string[] = [];
  const nameOf = ({ payload }: OutboxMessage) => String(payload);
  const write = (...names: string[]) => {
    const rows = names.map((name) => ({
      id: randomUUID(),
      topic: 'told',
      orderingKey: name.slice(0, 1),
      payload: name,
    }));
    store.add(rows.map((row) => ({ ...row, createdAt: clock.now() })));
  };
  write(...keys);
  const relay = createRelay({
    store: behind(store),
    deliver: succeed,
    clock,
    random: () => 0,
    events: {
      delivered: (message) => facts.push(`${nameOf(message)} delivered`),
      putOff: (message, _error, next) =>
        facts.push(`${nameOf(message)} again in ${next.getTime() - clock.now().getTime()}`),
      setAside: (message) => facts.push(`${nameOf(message)} set aside`),
      storeFailed: (error) => facts.push(`store: ${String(error)}`),
    },
    pollMs: 1_000,
    batchSize: 10,
    ...changes,
  });
  open.push(relay);
  return { relay, store, clock, facts, write };
}

describe('draining', () => {
  it('delivers everything due, each key in its order', async () => {
    const { relay, facts, store } = aRelay(['a1', 'b1', 'a2', 'a3']);
    await relay.drain();
    expect(facts).toEqual(['a1 delivered', 'b1 delivered', 'a2 delivered', 'a3 delivered']);
    expect(store.idsOf('pending')).toEqual([]);
  });

  it('puts a failed message off, twice as long each time, and sets it aside at the fifth failure', async () => {
    const deliver = jest.fn(async (message: OutboxMessage) => {
      if (message.payload === 'a1') throw new Error('refused');
      await Promise.resolve();
    });
    const { relay, facts, clock } = aRelay(['a1', 'a2', 'b1'], { deliver });
    for (let hour = 0; hour < 6; hour += 1) {
      await relay.drain();
      clock.advance(3_600_000);
    }
    expect(facts).toEqual([
      'a1 again in 1000',
      'b1 delivered',
      'a1 again in 2000',
      'a1 again in 4000',
      'a1 again in 8000',
      'a1 set aside',
      'a2 delivered',
    ]);
    expect(deliver).toHaveBeenCalledTimes(7);
  });

  it('takes up to half off a wait, at random', async () => {
    const { relay, facts } = aRelay(['a1'], { deliver: () => Promise.reject(new Error('no')), random: () => 1 });
    await relay.drain();
    expect(facts).toEqual(['a1 again in 500']);
  });

  it('costs a message no attempt when the destination was not even tried', async () => {
    const closed = new UpstreamUnavailable('AP', 'open', { retryAfterMs: 30_000, hasStarted: false });
    const { relay, facts, clock, store } = aRelay(['a1'], { deliver: () => Promise.reject(closed) });
    for (let round = 0; round < 10; round += 1) {
      await relay.drain();
      clock.advance(30_000);
    }
    expect(new Set(facts)).toEqual(new Set(['a1 again in 30000']));
    expect(await store.claim(1, clock.now())).toMatchObject([{ attempts: 0 }]);
  });

  it('puts a message that got no answer off for twice as long as one that was turned away', async () => {
    const fails = (hasStarted: boolean) => new UpstreamUnavailable('AP', 'open', { retryAfterMs: 0, hasStarted });
    const deliver = ({ payload }: OutboxMessage) => Promise.reject(fails(payload === 'a1'));
    const { relay, facts } = aRelay(['a1', 'b1'], { deliver });
    await relay.drain();
    expect(facts).toEqual(['a1 again in 2000', 'b1 again in 1000']);
  });

  it('counts what gets no answer when others got through since the last time', async () => {
    const deliver = ({ payload }: OutboxMessage) =>
      payload === 'a1' ? Promise.reject(new DeliveryRefused('AP', 502)) : Promise.resolve();
    const { relay, facts, clock, write } = aRelay(['a1', 'b1'], { deliver });
    for (const other of ['', 'b2', 'b3', '', 'b4', 'b5', 'b6']) {
      if (other !== '') write(other);
      await relay.drain();
      clock.advance(60_000);
    }
    expect(facts.filter((fact) => fact.startsWith('a1'))).toEqual([
      'a1 again in 2000',
      'a1 again in 1000',
      'a1 again in 2000',
      'a1 again in 2000',
      'a1 again in 4000',
      'a1 again in 8000',
      'a1 set aside',
    ]);
  });

  it('leaves a message whose delivery could not be noted to its next claim, and says so', async () => {
    let isAway = true;
    const { relay, facts, clock } = aRelay(['a1', 'b1'], {
      behind: (store) => ({
        ...store,
        delivered: async (id, at) => {
          if (isAway) throw new Error('database away');
          await store.delivered(id, at);
        },
      }),
    });
    await relay.drain();
    expect(facts).toEqual(['store: Error: database away', 'store: Error: database away']);
    isAway = false;
    clock.advance(30_000);
    await relay.drain();
    expect(facts.slice(2)).toEqual(['a1 delivered', 'b1 delivered']);
  });
});

describe('a started relay', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(async () => {
    await Promise.all(
      open.map(async (relay) => {
        await relay.stop();
      }),
    );
    open = [];
    jest.useRealTimers();
  });
  const pass = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
  };

  it('looks at once, then after each rest', async () => {
    const { relay, facts, write } = aRelay(['a1']);
    relay.start();
    await pass(0);
    expect(facts).toEqual(['a1 delivered']);
    write('a2');
    await pass(999);
    expect(facts).toHaveLength(1);
    await pass(1);
    expect(facts).toEqual(['a1 delivered', 'a2 delivered']);
  });

  it('does not wait for its rest to end when woken', async () => {
    const { relay, facts, write } = aRelay([]);
    relay.start();
    await pass(10);
    write('a1');
    relay.wake();
    await pass(0);
    expect(facts).toEqual(['a1 delivered']);
  });

  it('does not overlook a message written while a run is coming to its end', async () => {
    for (let lag = 0; lag < 30; lag += 1) {
      const { relay, facts, write } = aRelay([]);
      relay.start();
      for (let tick = 0; tick < lag; tick += 1) await Promise.resolve();
      write('a1');
      relay.wake();
      await pass(0);
      expect(facts).toEqual(['a1 delivered']);
    }
  });

  it('never runs twice at a time, however often it is asked', async () => {
    let running = 0;
    let most = 0;
    const { relay, facts } = aRelay(['a1', 'b1', 'c1'], {
      batchSize: 1,
      deliver: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 400));
        running -= 1;
      },
    });
    relay.start();
    relay.wake();
    const drained = relay.drain();
    await pass(600);
    relay.wake();
    await pass(600);
    await drained;
    expect(most).toBe(1);
    expect(facts).toEqual(['a1 delivered', 'b1 delivered', 'c1 delivered']);
  });

  it('gives a delivery its time, aborts it then, and goes on with other keys', async () => {
    const aborted: string[] = [];
    const { relay, facts } = aRelay(['a1', 'b1'], {
      deliveryTimeoutMs: 5_000,
      deliver: async ({ payload }, signal) => {
        if (payload === 'b1') return;
        await new Promise<void>((_resolve) => {
          signal.addEventListener('abort', () => aborted.push(String(payload)));
        });
      },
    });
    relay.start();
    await pass(5_000);
    expect(aborted).toEqual(['a1']);
    expect(facts).toEqual(['b1 delivered', 'a1 again in 2000']);
  });

  it('reports the delivery under way before it stops, and takes up no other', async () => {
    const { relay, facts, store } = aRelay(['a1', 'a2'], {
      deliver: async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
      },
    });
    relay.start();
    await pass(100);
    let hasStopped = false;
    const stopping = relay.stop().then(() => (hasStopped = true));
    await pass(99);
    expect(hasStopped).toBe(false);
    await pass(1);
    await stopping;
    expect(facts).toEqual(['a1 delivered']);
    expect(store.idsOf('pending')).toHaveLength(1);
    relay.start();
    relay.wake();
    await relay.drain();
    await pass(10_000);
    expect(facts).toEqual(['a1 delivered']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('survives a store that does not answer, and tries again after its rest', async () => {
    let isAway = true;
    const { relay, facts } = aRelay(['a1'], {
      behind: (store) => ({
        ...store,
        claim: async (limit, now) => {
          if (isAway) throw new Error('database away');
          return await store.claim(limit, now);
        },
      }),
    });
    relay.start();
    await pass(0);
    expect(facts).toEqual(['store: Error: database away']);
    isAway = false;
    await pass(1_000);
    expect(facts.slice(1)).toEqual(['a1 delivered']);
  });
});
