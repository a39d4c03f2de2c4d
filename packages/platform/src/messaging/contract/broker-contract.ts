import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Broker, Message, Subscription } from '../index.ts';
import { UnroutableMessage } from '../index.ts';
import { UpstreamUnavailable } from '../../resilience/index.ts';

/** Makes a broker of the kind under test; queues and exchanges of the same name are the same ones. */
export type OpenBroker = (options: {
  readonly exchange: string;
  readonly subscriptions: readonly Subscription[];
}) => Broker;

/** A message that nobody has seen yet. */
export const aMessage = (changes: Partial<Message> = {}): Message => ({
  id: randomUUID(),
  topic: 'order.settled',
  orderingKey: 'line-1',
  payload: null,
  createdAt: new Date('2026-07-01T00:00:00.123Z'),
  ...changes,
});

/** So many messages of each key, in their order. */
export const messagesOf = (keys: readonly string[], count: number): readonly Message[] =>
  Array.from({ length: count }, (_, nth) => keys.map((orderingKey) => aMessage({ orderingKey, payload: nth }))).flat();

/** Keeps what it accepts, once, as an inbox does. */
export function anInbox() {
  const kept = new Map<string, Message>();
  return {
    accept: async (message: Message) => {
      if (!kept.has(message.id)) kept.set(message.id, message);
      await Promise.resolve();
    },
    has: (id: string) => kept.has(id),
    kept: () => [...kept.values()],
    ofKey: (key: string) => [...kept.values()].filter(({ orderingKey }) => orderingKey === key),
  };
}

/** As a relay does: the same message again until the broker has it. */
export async function bring(broker: Broker, message: Message): Promise<void> {
  for (;;) {
    try {
      await broker.publish(message, AbortSignal.timeout(10_000));
      return;
    } catch (error) {
      if (!(error instanceof UpstreamUnavailable)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Waits until `condition` holds, for what others do in their own time. */
export async function until(condition: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Still not so after ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What those who publish and those who receive rely on; every broker must fulfil it. */
export function describeBrokerContract(name: string, openBroker: OpenBroker) {
  describe(`broker contract: ${name}`, () => {
    let opened: Broker[] = [];
    afterEach(async () => {
      await Promise.all(opened.map((broker) => broker.close()));
      opened = [];
    });

    /** A place of its own, in which brokers with the same queue share it. */
    function aPlace() {
      const prefix = `test.${randomUUID()}`;
      return {
        queue: (queue: string, topics: readonly string[], { accept }: Pick<Subscription, 'accept'>): Subscription => ({
          queue: `${prefix}.${queue}`,
          topics,
          accept,
        }),
        broker(...subscriptions: readonly Subscription[]): Broker {
          const broker = openBroker({ exchange: prefix, subscriptions });
          opened.push(broker);
          return broker;
        },
      };
    }
    const signal = () => AbortSignal.timeout(10_000);

    it('hands a message on, unchanged, to every queue of its topic and to no other', async () => {
      const place = aPlace();
      const [tell, notify, other] = [anInbox(), anInbox(), anInbox()];
      const broker = place.broker(
        place.queue('tell', ['order.settled'], tell),
        place.queue('notify', ['bill.issued', 'order.settled'], notify),
        place.queue('other', ['order.placed'], other),
      );
      await broker.start();
      const message = aMessage({ payload: { 한글: '값', nested: [1, null, { deep: true }], text: "it's" } });
      await bring(broker, message);
      await until(() => tell.kept().length + notify.kept().length === 2);
      expect([...tell.kept(), ...notify.kept()]).toEqual([message, message]);
      expect(other.kept()).toEqual([]);
    });

    it.each([
      ['order.settled', ['order.settled'], ['order', 'order.settled.late', 'orders.settled']],
      ['order.*', ['order.settled', 'order.placed'], ['order', 'order.settled.late', 'bill.issued']],
      ['order.#', ['order', 'order.settled', 'order.settled.late'], ['orders', 'bill.order']],
      ['#.late', ['late', 'order.late', 'order.settled.late'], ['order.late.again', 'later']],
      ['*.settled.#', ['order.settled', 'order.settled.very.late'], ['settled', 'order.placed.settled']],
    ])('reads the pattern %s as AMQP does', async (pattern, matching, foreign) => {
      const place = aPlace();
      const [inbox, all] = [anInbox(), anInbox()];
      const broker = place.broker(place.queue('some', [pattern], inbox), place.queue('all', ['#'], all));
      await broker.start();
      const topics = [...matching, ...foreign];
      for (const topic of topics) await bring(broker, aMessage({ topic }));
      await until(() => all.kept().length === topics.length && inbox.kept().length >= matching.length);
      expect(inbox.kept().map(({ topic }) => topic)).toEqual(matching);
    });

    it('keeps the order of each key', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const broker = place.broker(place.queue('tell', ['#'], inbox));
      await broker.start();
      const messages = messagesOf(['line-1', 'line-2', 'line-3'], 40);
      for (const message of messages) await bring(broker, message);
      await until(() => inbox.kept().length === messages.length);
      expect(inbox.kept()).toEqual(messages);
    });

    it('does not lose what is published before anybody receives', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const broker = place.broker(place.queue('tell', ['#'], inbox));
      const message = aMessage();
      await bring(broker, message);
      await broker.start();
      await until(() => inbox.kept().length === 1);
      expect(inbox.kept()).toEqual([message]);
    });

    it('asks again when an inbox cannot accept now, and lets nothing pass meanwhile', async () => {
      const place = aPlace();
      const [inbox, healthy] = [anInbox(), anInbox()];
      let failuresLeft = 3;
      const accept = async (message: Message) => {
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw new Error('database away');
        await inbox.accept(message);
      };
      const broker = place.broker(place.queue('tell', ['#'], { accept }), place.queue('notify', ['#'], healthy));
      await broker.start();
      const messages = messagesOf(['line-1'], 5);
      for (const message of messages) await bring(broker, message);
      await until(() => inbox.kept().length + healthy.kept().length === 10);
      expect(inbox.kept()).toEqual(messages);
      expect(healthy.kept()).toEqual(messages);
    });

    it('lets two instances share a queue without reordering a key, also when one of them goes', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const instance = () => place.broker(place.queue('tell', ['#'], inbox));
      const [first, second] = [instance(), instance()];
      await Promise.all([first.start(), second.start()]);
      const messages = messagesOf(['line-1', 'line-2'], 60);
      for (const [nth, message] of messages.entries()) {
        if (nth === 60) await first.close();
        await bring(nth < 60 && nth % 2 === 0 ? first : second, message);
      }
      await until(() => inbox.kept().length === messages.length);
      for (const key of ['line-1', 'line-2'])
        expect(inbox.ofKey(key)).toEqual(messages.filter(({ orderingKey }) => orderingKey === key));
    });

    it('refuses a message that no queue wants, rather than losing it', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const broker = place.broker(place.queue('tell', ['order.*'], inbox));
      await expect(broker.publish(aMessage({ topic: 'bill.issued' }), signal())).rejects.toThrow(UnroutableMessage);
      await bring(broker, aMessage());
    });

    it('publishes nothing for somebody who has given up', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const broker = place.broker(place.queue('tell', ['#'], inbox));
      await broker.start();
      await expect(broker.publish(aMessage(), AbortSignal.abort())).rejects.toThrow();
      const later = aMessage();
      await bring(broker, later);
      await until(() => inbox.kept().length > 0);
      expect(inbox.kept()).toEqual([later]);
    });

    it('waits, when it closes, for what is being accepted, and takes and brings nothing after that', async () => {
      const place = aPlace();
      const inbox = anInbox();
      const [begun, released] = [aGate(), aGate()];
      const broker = place.broker(
        place.queue('tell', ['#'], {
          accept: async (message) => {
            begun.open();
            await released.opened;
            await inbox.accept(message);
          },
        }),
      );
      await broker.start();
      const [message, later] = [aMessage(), aMessage()];
      const published = Promise.all([message, later].map((each) => broker.publish(each, signal())));
      await begun.opened;
      const closed = broker.close().then(() => inbox.kept().length);
      await expect(broker.publish(aMessage(), signal())).rejects.toMatchObject({ hasStarted: false });
      released.open();
      await published.catch(() => undefined);
      expect(await closed).toBeGreaterThan(0);
      const known = inbox.kept();
      await broker.start();
      await expect(broker.publish(aMessage(), signal())).rejects.toBeInstanceOf(UpstreamUnavailable);
      expect(inbox.kept()).toEqual(known);
    });

    it('can be closed without having been used, and twice', async () => {
      const broker = aPlace().broker();
      await broker.close();
      await broker.close();
    });
  });
}

/** A promise that the test resolves. */
export function aGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
