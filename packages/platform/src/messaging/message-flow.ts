import { createRelay } from '../outbox/index.ts';
import type { OutboxMessage, OutboxStore, Relay, RelayEvents } from '../outbox/index.ts';
import { SECOND_MS } from '../time/index.ts';
import type { Clock } from '../time/index.ts';
import type { Broker, Subscription } from './broker.ts';
import type { InboxStore } from './inbox-store.ts';

/** Somebody messages concern. */
export interface Consumer {
  /** Of its queue; unlike any other on the broker. */
  readonly queue: string;
  readonly topics: readonly string[];
  readonly inbox: InboxStore;
  /** Acts on a message; may see the same one again. What it throws is judged by `isOutage`. */
  readonly handle: (message: OutboxMessage, signal: AbortSignal) => Promise<void>;
  /** Messages, each of another key, that are handled side by side. */
  readonly atOnce: number;
  readonly events: RelayEvents;
}

export interface MessageFlowOptions {
  readonly outbox: OutboxStore;
  readonly outboxEvents: RelayEvents;
  readonly consumers: readonly Consumer[];
  readonly openBroker: (subscriptions: readonly Subscription[]) => Broker;
  readonly clock: Clock;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random: () => number;
}

/** The way of a service's messages: outbox → broker → inbox of each consumer → its handler. */
export interface MessageFlow {
  start(): Promise<void>;
  /** To be called after the commit that wrote a message. */
  wake(): void;
  /** Resolves when what is due has been published and, over a broker within this process, handled. */
  drain(): Promise<void>;
  /** Takes up nothing more and waits for what is under way, a few seconds at most; the rest waits in its tables. */
  close(): Promise<void>;
}

/** How long one step of a message may take; a service has 14 s to stop. */
const stepTimeoutMs = 6 * SECOND_MS;
const publishedAtOnce = 50;

/** Makes the flow; nothing moves before `start` or `drain`. */
export function createMessageFlow(options: MessageFlowOptions): MessageFlow {
  const { outbox, outboxEvents, consumers, openBroker, clock, random } = options;
  const relayOf = (store: OutboxStore, batchSize: number, events: RelayEvents, deliver: Consumer['handle']): Relay =>
    createRelay({
      store,
      deliver,
      clock,
      random,
      events,
      batchSize,
      pollMs: SECOND_MS,
      deliveryTimeoutMs: stepTimeoutMs,
    });

  const receivers = consumers.map((consumer) => ({
    ...consumer,
    relay: relayOf(consumer.inbox, consumer.atOnce, consumer.events, consumer.handle),
  }));
  const broker = openBroker(
    receivers.map(({ queue, topics, inbox, relay }) => ({
      queue,
      topics,
      async accept(message) {
        await inbox.accept(message);
        relay.wake();
      },
    })),
  );
  const publisher = relayOf(outbox, publishedAtOnce, outboxEvents, ({ attempts: _, ...message }, signal) =>
    broker.publish(message, signal),
  );

  return {
    async start() {
      for (const { relay } of receivers) relay.start();
      await broker.start();
      publisher.start();
    },
    wake: () => {
      publisher.wake();
    },
    async drain() {
      await publisher.drain();
      await Promise.all(receivers.map(({ relay }) => relay.drain()));
    },
    async close() {
      const stopPublishing = publisher.stop().then(() => broker.close());
      await Promise.all([stopPublishing, ...receivers.map(({ relay }) => relay.stop())]);
    },
  };
}
