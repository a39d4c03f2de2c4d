import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RelayEvents } from '../outbox/index.ts';
import { createMemoryInboxStore, createMemoryOutboxStore } from '../testing/index.ts';
import { createLocalBroker, createMessageFlow } from './index.ts';
import type { Broker, Consumer } from './index.ts';

const clock = { now: () => new Date() };
const quiet: RelayEvents = {
  delivered: () => undefined,
  putOff: () => undefined,
  setAside: () => undefined,
  storeFailed: () => undefined,
};

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-07-01T00:00:00Z'), doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});
const pass = async (ms: number) => {
  await jest.advanceTimersByTimeAsync(ms);
};

/** Resolves after so many milliseconds of the clock. */
const lasting = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));
const never = () => new Promise<never>(() => undefined);

/** A flow to a teller and a counter, who both note what they handled. */
function aFlow({
  tell = () => Promise.resolve(),
  broker,
}: { readonly tell?: Consumer['handle']; readonly broker?: Broker } = {}) {
  const outbox = createMemoryOutboxStore();
  const handled: string[] = [];
  const consumer = (name: string, handle: Consumer['handle'], topics: readonly string[]) => ({
    queue: `shop.${name}`,
    topics,
    inbox: createMemoryInboxStore(),
    async handle(...[message, signal]: Parameters<Consumer['handle']>) {
      await handle(message, signal);
      handled.push(`${name}: ${message.id}`);
    },
    atOnce: 10,
    events: quiet,
  });
  const teller = consumer('teller', tell, ['plan.changed', 'bill.paid']);
  const counter = consumer('counter', () => Promise.resolve(), ['plan.*']);
  const flow = createMessageFlow({
    outbox,
    outboxEvents: quiet,
    consumers: [teller, counter],
    openBroker: (subscriptions) => broker ?? createLocalBroker({ subscriptions }),
    clock,
    random: () => 0.5,
  });
  const write = (id: string, topic = 'plan.changed', orderingKey = 'line') => {
    outbox.add([{ id, topic, orderingKey, payload: null, createdAt: clock.now() }]);
    flow.wake();
  };
  return { flow, write, handled, outbox, teller };
}

describe('a flow of messages', () => {
  it('brings each message to every consumer it concerns, at once and in order', async () => {
    const { flow, write, handled } = aFlow();
    await flow.start();
    write('one');
    write('two');
    write('three', 'bill.paid');
    await pass(0);
    expect(handled.filter((text) => text.startsWith('teller'))).toEqual([
      'teller: one',
      'teller: two',
      'teller: three',
    ]);
    expect(handled.filter((text) => text.startsWith('counter'))).toEqual(['counter: one', 'counter: two']);
    await flow.close();
  });

  it('does not let one consumer wait for another', async () => {
    const { flow, write, handled } = aFlow({ tell: () => Promise.reject(new Error('refused')) });
    await flow.start();
    write('one');
    write('two');
    await pass(0);
    expect(handled).toEqual(['counter: one', 'counter: two']);
    await flow.close();
  });

  it('moves nothing before it is started, unless it is drained', async () => {
    const { flow, write, handled } = aFlow();
    write('one');
    await pass(10_000);
    expect(handled).toEqual([]);
    await flow.drain();
    expect(handled.slice().sort()).toEqual(['counter: one', 'teller: one']);
    await flow.close();
  });
});

describe('closing', () => {
  /** The milliseconds that closing took, which must not be more than a service has. */
  async function closed({ flow }: ReturnType<typeof aFlow>): Promise<number> {
    const startedAt = Date.now();
    let endedAt: number | undefined;
    const closing = flow.close().then(() => (endedAt = Date.now()));
    for (let ms = 0; ms < 14_000 && endedAt === undefined; ms += 100) await pass(100);
    expect(endedAt).toBeDefined();
    await closing;
    return (endedAt ?? 0) - startedAt;
  }

  it('waits for what is under way and takes up nothing more', async () => {
    const given = aFlow({ tell: lasting(2_000) });
    await given.flow.start();
    given.write('one');
    given.write('two');
    await pass(500);
    expect(await closed(given)).toBeGreaterThanOrEqual(1_500);
    expect(given.handled).toContain('teller: one');
    given.write('three');
    await pass(60_000);
    expect(given.handled).not.toContain('teller: two');
    expect(given.teller.inbox.idsOf('pending')).toEqual(['two']);
    expect(given.outbox.idsOf('pending')).toEqual(['three']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['a handler that never ends', { tell: never }],
    [
      'a broker that never confirms',
      { broker: { publish: never, start: () => Promise.resolve(), close: lasting(3_000) } },
    ],
  ])('has an end in spite of %s', async (_what, wishes) => {
    const given = aFlow(wishes);
    await given.flow.start();
    given.write('one');
    await pass(0);
    expect(await closed(given)).toBeLessThanOrEqual(9_100);
    expect([...given.outbox.idsOf('pending'), ...given.teller.inbox.idsOf('pending')]).toEqual(['one']);
  });
});
