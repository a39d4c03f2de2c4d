import type { Channel } from 'amqplib';
import type { Backoff } from '../outbox/index.ts';
import { callWithTimeout } from '../resilience/index.ts';
import type { Broker, Subscription } from './broker.ts';
import { type Connection, openConnection } from './rabbit/connection.ts';
import { type ConsumerEvents, openConsumer } from './rabbit/consumer.ts';
import { createLink, outOfReach } from './rabbit/link.ts';
import { openPublisher } from './rabbit/publisher.ts';
import { declareTopology } from './rabbit/topology.ts';
import { createTurns } from './rabbit/turns.ts';

/** The facts a broker tells; listeners must not throw. */
export interface RabbitBrokerEvents extends ConsumerEvents {
  connected(fact: { readonly purpose: LinkPurpose }): void;
  /** Told of every failed connection attempt, too; the next one follows by itself. */
  disconnected(fact: { readonly purpose: LinkPurpose; readonly error: unknown; readonly retryInMs: number }): void;
}

export type LinkPurpose = 'publish' | 'consume';

export interface RabbitBrokerOptions {
  /** amqp:// or amqps://, with the credentials in it. */
  readonly url: string;
  readonly subscriptions: readonly Subscription[];
  readonly events: RabbitBrokerEvents;
  /** Between 0 and 1, for the jitter. */
  readonly random: () => number;
  /** The topic exchange; unreadable messages go through `<exchange>.dead`. */
  readonly exchange?: string;
  readonly connectTimeoutMs?: number;
  readonly publishTimeoutMs?: number;
  /** For each of: leaving the queues with the accepts under way, and each of the two connections. */
  readonly closeTimeoutMs?: number;
  /** A connection on which nothing is heard for two to three of these is given up. */
  readonly heartbeatSeconds?: number;
  readonly reconnect?: Backoff;
  readonly acceptRetry?: Backoff;
  readonly prefetch?: number;
}

/**
 * The broker that is a RabbitMQ. It connects on the first `publish` or `start` and again whenever it must. Publishing
 * has a connection of its own, since RabbitMQ stops reading from those who publish when it is short of memory or disk.
 */
export function createRabbitBroker({
  url,
  subscriptions,
  events,
  random,
  exchange = 'mvno.events',
  connectTimeoutMs = 2_500,
  publishTimeoutMs = 3_000,
  closeTimeoutMs = 2_000,
  heartbeatSeconds = 5,
  reconnect = { firstMs: 200, maxMs: 5_000 },
  acceptRetry = { firstMs: 200, maxMs: 5_000 },
  prefetch = 50,
}: RabbitBrokerOptions): Broker {
  const address = withHeartbeat(url, heartbeatSeconds);
  const closing = new AbortController();
  const turns = createTurns();
  const declare = (channel: Channel) => declareTopology(channel, exchange, subscriptions);

  const linkFor = <Session>(purpose: LinkPurpose, prepare: (connection: Connection) => Promise<Session>) =>
    createLink({
      connect: () => openConnection({ url: address, connectTimeoutMs, closeTimeoutMs, prepare }),
      backoff: reconnect,
      random,
      onUp: () => {
        events.connected({ purpose });
      },
      onDown: (fact) => {
        events.disconnected({ purpose, ...fact });
      },
    });
  const outgoing = linkFor('publish', (connection) =>
    openPublisher(connection, { exchange, declare, publishTimeoutMs }),
  );
  const consuming = { subscriptions, declare, prefetch, backoff: acceptRetry, random, events, turns };
  const incoming = linkFor('consume', (connection) =>
    openConsumer(connection, { ...consuming, closing: closing.signal }),
  );

  async function leaveQueues(late: AbortSignal): Promise<void> {
    if (incoming.isOpen()) {
      const consumer = await incoming.session(late);
      await consumer.cancel();
    }
    await turns.allTaken();
  }

  return {
    async publish(message, signal) {
      if (closing.signal.aborted) throw outOfReach();
      outgoing.open();
      const publisher = await outgoing.session(signal);
      await publisher.publish(message, signal);
    },
    start() {
      incoming.open();
      return Promise.resolve();
    },
    async close() {
      closing.abort();
      await callWithTimeout(leaveQueues, closeTimeoutMs).catch(() => undefined);
      await Promise.all([incoming.close(), outgoing.close()]);
    },
  };
}

/** The address with our heartbeat, unless it names its own; the error does not repeat it, as it holds a password. */
function withHeartbeat(url: string, seconds: number): string {
  if (!URL.canParse(url)) throw new Error('The address of RabbitMQ is no URL');
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(seconds));
  return address.href;
}
