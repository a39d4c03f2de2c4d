import type { Channel, ConsumeMessage } from 'amqplib';
import { backoffMs, type Backoff } from '../../outbox/index.ts';
import type { Subscription } from '../broker.ts';
import type { Message } from '../message.ts';
import { rest } from '../unless-aborted.ts';
import { type Connection, tieTo } from './connection.ts';
import { fromBytes } from './envelope.ts';
import type { Turns } from './turns.ts';

/** Receives over one connection. */
export interface Consumer {
  /** Asks for no more; resolves when RabbitMQ has heard it. */
  cancel(): Promise<void>;
}

export interface ConsumerEvents {
  /** Went to `<queue>.dead`: it is no message, or none that this version understands. */
  unreadable(fact: { readonly queue: string; readonly error: unknown }): void;
  /** The inbox did not take it; it is asked again, and the queue waits. */
  acceptFailed(fact: {
    readonly queue: string;
    readonly messageId: string;
    readonly error: unknown;
    readonly retryInMs: number;
  }): void;
}

export interface ConsumerOptions {
  readonly subscriptions: readonly Subscription[];
  readonly declare: (channel: Channel) => Promise<void>;
  /** Messages sent ahead of those acknowledged, per queue. */
  readonly prefetch: number;
  readonly backoff: Backoff;
  /** Between 0 and 1, for the jitter. */
  readonly random: () => number;
  readonly events: ConsumerEvents;
  /** Outlives the connection: what is being accepted from a lost one comes before the same message from the next. */
  readonly turns: Turns;
  /** Aborted when the broker closes: what has not begun is left to others. */
  readonly closing: AbortSignal;
}

/** Opens a channel on which the messages of all subscriptions arrive. */
export async function openConsumer(connection: Connection, options: ConsumerOptions): Promise<Consumer> {
  const { subscriptions, declare, prefetch, backoff, random, events, turns, closing } = options;
  const isOver = AbortSignal.any([connection.ended, closing]);
  const channel = await connection.model.createChannel();
  tieTo(connection, channel);
  await declare(channel);
  await channel.prefetch(prefetch);

  /** Whether the inbox has it; only the end of the connection stops the asking. */
  async function isAccepted({ queue, accept }: Subscription, message: Message): Promise<boolean> {
    for (let failures = 1; !isOver.aborted; failures += 1) {
      try {
        await accept(message);
        return true;
      } catch (error) {
        const retryInMs = backoffMs(backoff, failures, random);
        events.acceptFailed({ queue, messageId: message.id, error, retryInMs });
        await rest(retryInMs, isOver);
      }
    }
    return false;
  }

  /** Tells RabbitMQ what became of a delivery; when it cannot be told any more, the delivery comes again. */
  function report(tell: () => void): void {
    if (connection.ended.aborted) return;
    try {
      tell();
    } catch (error) {
      connection.cut(error);
    }
  }

  async function take(subscription: Subscription, delivery: ConsumeMessage): Promise<void> {
    if (isOver.aborted) return;
    const read = fromBytes(delivery.content);
    if (!read.isMessage) {
      report(() => {
        channel.reject(delivery, false);
      });
      events.unreadable({ queue: subscription.queue, error: read.error });
      return;
    }
    if (await isAccepted(subscription, read.message))
      report(() => {
        channel.ack(delivery);
      });
  }

  const consumers = await Promise.all(
    subscriptions.map((subscription) =>
      channel.consume(subscription.queue, (delivery) => {
        if (delivery === null) connection.cut(new Error(`The queue ${subscription.queue} is gone`));
        else turns.take(subscription.queue, () => take(subscription, delivery));
      }),
    ),
  );

  return {
    async cancel() {
      await Promise.all(consumers.map(({ consumerTag }) => channel.cancel(consumerTag)));
    },
  };
}
