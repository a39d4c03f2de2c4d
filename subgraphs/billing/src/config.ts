import {
  amqpUrl,
  certificateFiles,
  count,
  drainDelay,
  httpUrl,
  keyBytes,
  keyRing,
  logLevel,
  milliseconds,
  port,
  publicKey,
  readConfig,
} from '@supergraph/platform/config';
import { DAY_MS, HOUR_MS } from '@supergraph/platform/time';
import { z } from 'zod';

/** The settings of the billing subgraph, by the names of its environment. */
export const billingConfigSchema = z
  .object({
    BILLING_HOST: z.string().default('127.0.0.1'),
    BILLING_PORT: port().default(4002),
    BILLING_DATABASE_URL: z.string(),
    BILLING_DATABASE_CONNECTIONS: count().default(10),
    REDIS_URL: z.string().optional(),
    CACHE_PREFIX: z.string().default('local:v1'),
    KOS_URL: httpUrl(),
    KOS_TIMEOUT_MS: milliseconds().default(3_000),
    KOS_CALLS_PER_MINUTE: count().default(100),
    INSTANCES: count().default(1),
    MVNO_AP_URL: httpUrl(),
    AMQP_URL: amqpUrl().optional(),
    MESSAGES_KEPT_DAYS: count().default(30),
    INQUIRY_WAIT_MS: milliseconds().default(2_000),
    INQUIRY_RETRY_MS: milliseconds().default(1_000),
    INQUIRY_POLL_MS: milliseconds().default(2_000),
    HISTORY_WAIT_MS: milliseconds().default(100),
    OPEN_BILL_FRESH_MS: milliseconds().default(HOUR_MS),
    CLOSED_BILL_FRESH_MS: milliseconds().default(DAY_MS),
    INTERNAL_TOKEN_PUBLIC_KEY: publicKey(),
    LINE_ID_KEY: keyBytes(32),
    FIELD_ENCRYPTION_KEYS: keyRing(),
    DRAIN_DELAY_MS: drainDelay(),
    LOG_LEVEL: logLevel().default('info'),
  })
  .transform((environment) => ({
    host: environment.BILLING_HOST,
    port: environment.BILLING_PORT,
    database: { url: environment.BILLING_DATABASE_URL, maxConnections: environment.BILLING_DATABASE_CONNECTIONS },
    /** Without Redis the cache lives in this process alone. */
    redisUrl: environment.REDIS_URL,
    /** Deployment and version: what shares one Redis must not share its keys. */
    cachePrefix: environment.CACHE_PREFIX,
    kos: {
      url: environment.KOS_URL,
      timeoutMs: environment.KOS_TIMEOUT_MS,
      callsPerMinute: environment.KOS_CALLS_PER_MINUTE,
      /** Billing and product both call KOS, each with as many instances, and are counted together. */
      callers: 2 * environment.INSTANCES,
    },
    mvnoApUrl: environment.MVNO_AP_URL,
    messages: {
      /** Without a broker, messages go from the outbox to the inboxes within this process. */
      brokerUrl: environment.AMQP_URL,
      /** How long a message is known again after it was settled; longer than a broker can keep one back. */
      keptMs: environment.MESSAGES_KEPT_DAYS * DAY_MS,
    },
    inquiry: {
      /** How long whoever asks for a bill is kept waiting for it. */
      waitMs: environment.INQUIRY_WAIT_MS,
      /** The wait after a first failed attempt; it doubles. */
      retryMs: environment.INQUIRY_RETRY_MS,
      /** How often inquiries are looked for that a dead process left behind. */
      pollMs: environment.INQUIRY_POLL_MS,
    },
    /** How long an answer waits for being written into the history; less than the gateway leaves for answering. */
    historyWaitMs: environment.HISTORY_WAIT_MS,
    /** How long a bill is shown without asking KOS again, by whether its month is closed. */
    billFresh: { openMs: environment.OPEN_BILL_FRESH_MS, closedMs: environment.CLOSED_BILL_FRESH_MS },
    internalTokenPublicKey: environment.INTERNAL_TOKEN_PUBLIC_KEY,
    lineIdKey: environment.LINE_ID_KEY,
    fieldKeys: environment.FIELD_ENCRYPTION_KEYS,
    drainDelayMs: environment.DRAIN_DELAY_MS,
    logLevel: environment.LOG_LEVEL,
  }));

export type BillingConfig = z.output<typeof billingConfigSchema> & z.output<ReturnType<typeof certificateFiles>>;

/** Reads the settings out of an environment. Throws ConfigError. */
export const readBillingConfig = (environment: Readonly<Record<string, string | undefined>>): BillingConfig =>
  readConfig('billing', z.intersection(billingConfigSchema, certificateFiles('BILLING_')), environment);
