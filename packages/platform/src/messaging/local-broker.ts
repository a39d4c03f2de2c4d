import { UpstreamUnavailable } from '../resilience/index.ts';
import type { Broker, Subscription } from './broker.ts';
import type { Message } from './message.ts';
import { matchesTopic } from './topic.ts';
import { UnroutableMessage } from './unroutable-message.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * The broker of one process: to publish is to have every matching subscription accept, and what they keep is as durable
 * as they are. An accept that fails is the broker out of reach; those that had succeeded see the message again.
 */
export function createLocalBroker({ subscriptions }: { readonly subscriptions: readonly Subscription[] }): Broker {
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  async function acceptedByAll(receivers: readonly Subscription[], message: Message): Promise<void> {
    const accepting = receivers.map(async ({ accept }) => {
      await accept(message);
    });
    const results = await Promise.allSettled(accepting);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw outOfReach(failure.reason);
  }

  function begin(work: Promise<void>): Promise<void> {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  }

  return {
    async publish(message, signal) {
      signal.throwIfAborted();
      if (isClosed) throw outOfReach();
      const receivers = subscriptions.filter(({ topics }) =>
        topics.some((pattern) => matchesTopic(pattern, message.topic)),
      );
      if (receivers.length === 0) throw new UnroutableMessage(message.topic);
      await unlessAborted(begin(acceptedByAll(receivers, message)), signal);
    },
    start: () => Promise.resolve(),
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

const outOfReach = (cause?: unknown) =>
  new UpstreamUnavailable('The inbox', 'failed', { retryAfterMs: 0, hasStarted: false, cause });
