import type { Channel, Options } from 'amqplib';
import type { Subscription } from '../broker.ts';

/**
 * Kept by a majority of the brokers. A message counts as poison in the inbox, never here: newer brokers would drop one
 * after twenty lost connections.
 */
const kept = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/**
 * Delivered to one instance at a time, which keeps the order when several consume. What cannot be read goes to
 * `<queue>.dead`, and leaves its queue only once it has arrived there.
 */
const inOrder = (deadExchange: string, queue: string): Options.AssertQueue => ({
  deadLetterExchange: deadExchange,
  deadLetterRoutingKey: queue,
  overflow: 'reject-publish',
  arguments: { ...kept, 'x-single-active-consumer': true, 'x-dead-letter-strategy': 'at-least-once' },
});

/** Declares the exchanges, queues and bindings; those that exist stay as they are. */
export async function declareTopology(
  channel: Channel,
  exchange: string,
  subscriptions: readonly Subscription[],
): Promise<void> {
  const deadExchange = `${exchange}.dead`;
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertExchange(deadExchange, 'direct', { durable: true });
  for (const { queue, topics } of subscriptions) {
    const { queue: deadQueue } = await channel.assertQueue(`${queue}.dead`, { arguments: kept });
    await channel.bindQueue(deadQueue, deadExchange, queue);
    await channel.assertQueue(queue, inOrder(deadExchange, queue));
    for (const topic of topics) await channel.bindQueue(queue, exchange, topic);
  }
}
