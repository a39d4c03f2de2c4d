import { UpstreamUnavailable } from '../../resilience/index.ts';
import { matchesTopic } from '../topic.ts';
import type { Broker, Message, Subscription } from '../index.ts';

/** Something a process does to the outside, at which anything may go wrong; `blame` is what a failure looks like. */
export type Contact = <T>(effect: () => T | Promise<T>, blame?: (cause: unknown) => Error) => Promise<T>;

/** Durable queues as RabbitMQ promises them: every delivery stays until acknowledged, and one instance receives. */
export interface QueueModel {
  /** The broker of one process. */
  brokerFor(contact: Contact, subscriptions: readonly Subscription[]): Broker;
  /** Delivers to a process until its queues are empty or something fails; what was not acknowledged comes again. */
  deliverTo(contact: Contact, subscriptions: readonly Subscription[]): Promise<void>;
  isEmpty(): boolean;
}

/** Makes one without any queue. */
export function createQueueModel(): QueueModel {
  const queues = new Map<string, Message[]>();
  const lost = (cause: unknown) =>
    new UpstreamUnavailable('The queues', 'failed', { retryAfterMs: 0, hasStarted: true, cause });

  async function deliver(contact: Contact, { queue, accept }: Subscription): Promise<void> {
    for (;;) {
      const [first] = queues.get(queue) ?? [];
      if (first === undefined) return;
      await accept(first);
      await contact(() => queues.get(queue)?.shift());
    }
  }

  return {
    brokerFor: (contact, subscriptions) => ({
      publish: (message) =>
        contact(() => {
          for (const { queue, topics } of subscriptions)
            if (topics.some((pattern) => matchesTopic(pattern, message.topic)))
              queues.set(queue, [...(queues.get(queue) ?? []), message]);
        }, lost),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
    async deliverTo(contact, subscriptions) {
      await Promise.allSettled(subscriptions.map((subscription) => deliver(contact, subscription)));
    },
    isEmpty: () => [...queues.values()].every((queue) => queue.length === 0),
  };
}
