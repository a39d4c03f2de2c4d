import { UpstreamUnavailable } from '../resilience/index.ts';
import type { Broker, Subscription } from './broker.ts';
import type { Message } from './message.ts';
import { matchesTopic } from './topic.ts';
import { UnroutableMessage } from './unroutable-message.ts';

/**
 * The broker of one process: to publish is to have every matching subscription accept, and what they keep is as durable
 * as they are. An accept that fails is the broker out of reach; those that had succeeded see the message again.
 */
export function createLocalBroker({ subscriptions }: { readonly subscriptions: readonly Subscription[] }): Broker {
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  async function acceptedByAll(receivers: readonly Subscription[], message: Message): Promise<void> {
    const results = await Promise.allSettled(
      receivers.map(async ({ accept }) => {
        await accept(message);
      }),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw unavailable(failure.reason);
  }

  return {
    async publish(message, signal) {
      signal.throwIfAborted();
      if (isClosed) throw unavailable();
      const receivers = subscriptions.filter(({ topics }) =>
        topics.some((topic) => matchesTopic(topic, message.topic)),
      );
      if (receivers.length === 0) throw new UnroutableMessage(message.topic);
      const accepting = acceptedByAll(receivers, message);
      underWay.add(accepting);
      try {
        await accepting;
      } finally {
        underWay.delete(accepting);
      }
    },
    start: () => Promise.resolve(),
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

const unavailable = (cause?: unknown) =>
  new UpstreamUnavailable('The inbox', 'failed', { retryAfterMs: 0, hasStarted: false, cause });
