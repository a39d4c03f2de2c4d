import { createInboxStore, createOutboxStore } from '@supergraph/database/message-store';
import {
  createLocalBroker,
  createMessageFlow,
  createRabbitBroker,
  type Consumer,
  type MessageFlow,
} from '@supergraph/platform/messaging';
import type { Logger } from '@supergraph/platform/telemetry';
import type { Clock } from '@supergraph/platform/time';

import type { ProductConfig } from '../config.ts';
import type { NotifyCustomer } from '../domain/customer-notice.ts';
import { brokerEventsOf, relayEventsOf } from '../log-events.ts';
import type { ProductDatabase } from '../storage/product-database.ts';
import { orderSettledTopic, readOrderSettled } from './order-settled.ts';

/** Brings what happened to those it concerns: the MVNO AP server, and the customer. */
export function openMessages(deps: {
  readonly database: ProductDatabase;
  readonly config: ProductConfig['messages'];
  readonly tellMvnoAp: Consumer['handle'];
  readonly notifyCustomer: NotifyCustomer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): MessageFlow {
  const { database, config, tellMvnoAp, notifyCustomer, clock, random, log } = deps;
  const consumer = (name: string, handle: Consumer['handle']): Consumer => ({
    queue: `product.${name}`,
    topics: [orderSettledTopic],
    inbox: createInboxStore({ database, consumer: name, clock }),
    handle,
    atOnce: 20,
    events: relayEventsOf(log, name),
  });
  return createMessageFlow({
    outbox: createOutboxStore({ database }),
    outboxEvents: relayEventsOf(log, 'outbox'),
    consumers: [
      consumer('mvno-ap', tellMvnoAp),
      consumer('customer-notice', ({ id, payload }) => notifyCustomer(id, readOrderSettled(payload))),
    ],
    openBroker: (subscriptions) =>
      config.brokerUrl === undefined
        ? createLocalBroker({ subscriptions })
        : createRabbitBroker({ url: config.brokerUrl, subscriptions, events: brokerEventsOf(log), random }),
    clock,
    random,
  });
}
