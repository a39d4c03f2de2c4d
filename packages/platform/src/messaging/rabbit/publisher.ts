import type { ConfirmChannel } from 'amqplib';
import { callWithTimeout, TimedOut, UpstreamUnavailable } from '../../resilience/index.ts';
import type { Message } from '../message.ts';
import { UnroutableMessage } from '../unroutable-message.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { type Connection, tieTo } from './connection.ts';
import { toBytes } from './envelope.ts';

/** Publishes over one connection. */
export interface Publisher {
  /** Resolves when every queue has confirmed the message. */
  publish(message: Message, signal: AbortSignal): Promise<void>;
}

export interface PublisherOptions {
  readonly exchange: string;
  /** Makes sure of the queues, so that no message comes before them. */
  readonly declare: (channel: ConfirmChannel) => Promise<void>;
  readonly publishTimeoutMs: number;
}

/** Opens a channel on which RabbitMQ confirms what it has stored. */
export async function openPublisher(
  connection: Connection,
  { exchange, declare, publishTimeoutMs }: PublisherOptions,
): Promise<Publisher> {
  const channel = await connection.model.createConfirmChannel();
  tieTo(connection, channel);
  await declare(channel);

  // RabbitMQ returns what no queue wanted, and confirms it after that.
  const returned = new Set<unknown>();
  channel.on('return', ({ properties }) => returned.add(properties.messageId));
  let isBlocked = false;
  connection.model.on('blocked', () => (isBlocked = true)).on('unblocked', () => (isBlocked = false));

  function send({ id, topic }: Message, bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const properties = { persistent: true, mandatory: true, messageId: id, contentType: 'application/json' };
      channel.publish(exchange, topic, bytes, properties, (error: unknown) => {
        if (error instanceof Error) reject(error);
        else if (returned.delete(id)) reject(new UnroutableMessage(topic));
        else resolve();
      });
    });
  }

  return {
    async publish(message, signal) {
      if (isBlocked) throw new UpstreamUnavailable('RabbitMQ', 'busy', { retryAfterMs: 0, hasStarted: false });
      const bytes = toBytes(message);
      try {
        await callWithTimeout(() => unlessAborted(send(message, bytes), signal), publishTimeoutMs);
      } catch (error) {
        if (error instanceof UnroutableMessage) throw error;
        // Whoever does not confirm in time may be frozen: others are not to wait as long.
        if (error instanceof TimedOut) connection.cut(error);
        const reason = error instanceof TimedOut ? 'timeout' : 'failed';
        throw new UpstreamUnavailable('RabbitMQ', reason, { retryAfterMs: 0, hasStarted: true, cause: error });
      }
    },
  };
}
