import { createInboxStore, createOutboxStore } from '@supergraph/database/message-store';
import {
  createLocalBroker,
  createMessageFlow,
  createRabbitBroker,
  type Consumer,
  type MessageFlow,
} from '@supergraph/platform/messaging';
import type { Clock } from '@supergraph/platform/time';

import type { BillingConfig } from '../config.ts';
import type { LogEvents } from '../log-events.ts';
import type { BillingDatabase } from '../storage/billing-database.ts';
import { inquirySettledTopic } from './bill-inquiry-settled.ts';

/** Brings what happened to the one it concerns: the MVNO AP server. */
export function openMessages(deps: {
  readonly database: BillingDatabase;
  readonly config: BillingConfig['messages'];
  readonly pushResult: Consumer['handle'];
  /** How many results the MVNO AP server is sent side by side. */
  readonly resultsAtOnce: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: LogEvents;
}): MessageFlow {
  const { database, config, pushResult, resultsAtOnce, clock, random, events } = deps;
  return createMessageFlow({
    outbox: createOutboxStore({ database }),
    outboxEvents: events.relay('outbox'),
    consumers: [
      {
        queue: 'billing.mvno-ap',
        topics: [inquirySettledTopic],
        inbox: createInboxStore({ database, consumer: 'mvno-ap', clock }),
        handle: pushResult,
        atOnce: resultsAtOnce,
        events: events.relay('mvno-ap'),
      },
    ],
    openBroker: (subscriptions) =>
      config.brokerUrl === undefined
        ? createLocalBroker({ subscriptions })
        : createRabbitBroker({ url: config.brokerUrl, subscriptions, events: events.broker, random }),
    clock,
    random,
  });
}
