import type { CacheEvents } from '@supergraph/platform/cache';
import type { RabbitBrokerEvents } from '@supergraph/platform/messaging';
import type { RelayEvents } from '@supergraph/platform/outbox';
import type { CircuitChange, SharedQuotaEvents } from '@supergraph/platform/resilience';
import { describeError, type Logger } from '@supergraph/platform/telemetry';

import type { SendingEvents } from './domain/send-product-change.ts';
import type { SettlementEvents } from './domain/settle-product-change.ts';
import type { KosEvents } from './kos/guarded-calls.ts';

// The one place that decides which facts are worth a line in the log, and how loud.

export const circuitChangeOf =
  (log: Logger) =>
  ({ state, ...change }: CircuitChange): void => {
    if (state === 'open') log.warn(change, 'circuit opened');
    else log.info(change, state === 'closed' ? 'circuit closed' : 'circuit half open');
  };

export const kosEventsOf = (log: Logger): KosEvents => ({
  unusable: ({ operation, error }) => {
    log.error({ operation, ...describeError(error) }, 'KOS gave an answer that must not be used');
  },
});

export const quotaEventsOf = (log: Logger): SharedQuotaEvents => ({
  lost: (error) => {
    log.warn(describeError(error), 'the shared quota is out of reach; the own share remains');
  },
  regained: () => {
    log.info({}, 'the shared quota is back');
  },
});

export const cacheEventsOf = (log: Logger): Partial<CacheEvents> => ({
  stale: ({ key }) => {
    log.debug({ key }, 'an old answer stands in');
  },
  renewalFailed: ({ key, error }) => {
    log.debug({ key, ...describeError(error) }, 'an answer could not be renewed yet');
  },
  sharedTierDown: ({ error }) => {
    log.warn(describeError(error), 'the shared cache is out of reach');
  },
  sharedTierUp: () => {
    log.info({}, 'the shared cache is back');
  },
  sharedEntryIgnored: (fact) => {
    log.warn(fact, 'a shared cache entry was no answer to its key');
  },
});

export const settlementEventsOf = (log: Logger): SettlementEvents => ({
  settled: ({ id, state }) => {
    log.info({ orderId: id, state: state.kind }, 'an order in doubt is settled');
  },
  handedOver: ({ id }) => {
    log.error({ orderId: id }, 'an order needs an operator: KOS has been silent too long to find out what it did');
  },
});

export const sendingEventsOf = (log: Logger): SendingEvents => ({
  acceptedAfterFailure: ({ id }) => {
    log.error({ orderId: id }, 'KOS accepted an order that was told as failed');
  },
});

/** `place` is the outbox, or a consumer whose inbox it is. */
export const relayEventsOf = (log: Logger, place: string): RelayEvents => ({
  delivered: ({ id }) => {
    log.debug({ place, messageId: id }, 'message delivered');
  },
  putOff: ({ id, attempts }, error, nextAttemptAt) => {
    log.warn({ place, messageId: id, attempts, nextAttemptAt, ...describeError(error) }, 'message not delivered yet');
  },
  setAside: ({ id }, error) => {
    log.error({ place, messageId: id, ...describeError(error) }, 'message set aside');
  },
  storeFailed: (error) => {
    log.warn({ place, ...describeError(error) }, 'messages are out of reach');
  },
});

export const brokerEventsOf = (log: Logger): RabbitBrokerEvents => ({
  connected: (fact) => {
    log.info(fact, 'RabbitMQ is there');
  },
  disconnected: ({ error, ...fact }) => {
    log.warn({ ...fact, ...describeError(error) }, 'RabbitMQ is out of reach');
  },
  unreadable: ({ error, ...fact }) => {
    log.error({ ...fact, ...describeError(error) }, 'RabbitMQ brought what is no message');
  },
  acceptFailed: ({ error, ...fact }) => {
    log.warn({ ...fact, ...describeError(error) }, 'a message could not be taken in yet');
  },
});
