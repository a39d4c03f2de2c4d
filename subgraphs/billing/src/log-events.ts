import type { CacheEvents } from '@supergraph/platform/cache';
import type { RabbitBrokerEvents } from '@supergraph/platform/messaging';
import type { RelayEvents } from '@supergraph/platform/outbox';
import type { CircuitChange, SharedQuotaEvents } from '@supergraph/platform/resilience';
import { describeError, type Logger } from '@supergraph/platform/telemetry';

import type { InquiryWorkerEvents } from './domain/inquiry-worker.ts';
import type { KosEvents } from './kos/kos.ts';
import type { KosLookupEvents } from './storage/kos-lookup.ts';
import type { ReadingHistoryEvents } from './storage/reading-history.ts';

/** Which facts are worth a line of the log, and how loud. */
export const logEvents = (log: Logger) => {
  const warnOf = (message: string) => (error: unknown) => {
    log.warn(describeError(error), message);
  };
  return {
    databaseLost: warnOf('a connection to the database was lost'),
    databaseAway: warnOf('the database cannot be reached'),

    circuit: ({ state, ...change }: CircuitChange) => {
      if (state === 'open') log.warn(change, 'circuit opened');
      else log.info(change, state === 'closed' ? 'circuit closed' : 'circuit half open');
    },

    quota: {
      lost: warnOf('the shared quota is lost: this process goes on with its own share'),
      regained: () => {
        log.info({}, 'the shared quota is back');
      },
    } satisfies SharedQuotaEvents,

    cache: {
      sharedEntryIgnored: ({ key, reason }) => {
        log.error({ key, reason }, 'the shared cache holds something that is no answer to this key');
      },
      sharedWriteRefused: ({ error }) => {
        log.warn(describeError(error), 'the shared cache takes nothing more');
      },
      renewalFailed: ({ key, error }) => {
        log.debug({ key, ...describeError(error) }, 'an answer could not be renewed yet');
      },
      sharedTierDown: ({ error }) => {
        log.warn(describeError(error), 'the shared cache is away');
      },
      sharedTierUp: () => {
        log.info({}, 'the shared cache is there');
      },
    } satisfies Partial<CacheEvents>,

    kos: {
      asked: ({ group, call }) => {
        const tookMs = call.respondedAt && call.respondedAt.getTime() - call.requestedAt.getTime();
        const { outcome, resultCode, circuit } = call;
        log.info({ group, outcome, resultCode, circuit, tookMs }, 'KOS was asked');
      },
      unusable: ({ group, error }) => {
        log.error({ group, ...describeError(error) }, 'KOS gave an answer that must not be used');
      },
      unknownItemType: (type) => {
        log.warn({ type }, 'KOS bills a type of item that nobody knows');
      },
    } satisfies KosEvents,

    lookup: {
      keptAnswersFailed: warnOf('kept answers cannot be read or written'),
    } satisfies KosLookupEvents,

    worker: {
      failed: warnOf('an inquiry could not be carried on'),
    } satisfies InquiryWorkerEvents,

    history: {
      writeFailed: warnOf('the history could not be written and waits'),
      dropped: (readings) => {
        log.error({ readings }, 'readings left the history because the database is away');
      },
    } satisfies ReadingHistoryEvents,

    /** `place` is the outbox, or a consumer whose inbox it is. */
    relay: (place: string): RelayEvents => ({
      delivered: ({ id, topic }) => {
        log.debug({ place, id, topic }, 'message delivered');
      },
      putOff: ({ id, topic, attempts }, error, nextAttemptAt) => {
        log.warn({ place, id, topic, attempts, nextAttemptAt, ...describeError(error) }, 'message not delivered yet');
      },
      setAside: ({ id, topic }, error) => {
        log.error({ place, id, topic, ...describeError(error) }, 'message set aside');
      },
      storeFailed: (error) => {
        log.warn({ place, ...describeError(error) }, 'messages are out of reach');
      },
    }),
    broker: {
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
    } satisfies RabbitBrokerEvents,
    oldRowsStay: warnOf('what need not be kept any longer could not be deleted'),
  };
};

export type LogEvents = ReturnType<typeof logEvents>;
